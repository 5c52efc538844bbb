using AiGateway.EndToEnd.Tests.DotNet;
using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Standalone;

public sealed class ConfigurationTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { """{ "Gateway": { "Providers": [ { "Name": "a" } ], "Models": [ { "Name": "m", "Provider": "a" } ] } }""", "BaseUrl" },
        { """{ "Gateway": { "Providers": [ { "Name": "a", "BaseUrl": "http://127.0.0.1:1/v1" } ], "Models": [ { "Name": "m", "Provider": "b" } ] } }""", "Gateway:Models:0:Provider" },
        { """{ "Gateway": { "Providers": [ { "Name": "a", "BaseUrl": "http://127.0.0.1:1/v1", "Apis": ["speech"] } ] } }""", "Gateway:Providers:0:Apis:0" },
        { """{ "Gateway": { "MaxRequestBodyBytes": "many" } }""", "Gateway:MaxRequestBodyBytes" },
        { """{ "Gateway": { "Providerz": [] } }""", "Gateway:Providerz" },
        { """{ "Gateway": { "Providers": [ { "Name": "a", "BaseUrl": "http://127.0.0.1:1/v1", "ApiKey": "${NOT_SET_ANYWHERE}" } ] } }""", "NOT_SET_ANYWHERE" },
        { "{ \"Gateway\": {\n \"Providers\": [ }", "line 2" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_stops_the_start_and_is_named(string config, string name)
    {
        await using var gateway = await GatewayProcess.LaunchAsync(config, environment: null, "--urls", GatewayProcess.AnyPort);

        Assert.Equal(2, await gateway.Process.WaitForExitAsync());
        Assert.Contains(name, gateway.Process.Errors);
        Assert.DoesNotContain("   at ", gateway.Process.Everything);
        Assert.Empty(gateway.Process.Output);
    }

    [Fact]
    public async Task A_file_that_is_not_there()
    {
        await using var gateway = await GatewayProcess.LaunchAsync(config: null, environment: null, "--config", "nowhere.json");

        Assert.Equal(2, await gateway.Process.WaitForExitAsync());
        Assert.Contains("nowhere.json", Assert.Single(gateway.Process.Everything.Split('\n')));
    }

    [Fact]
    public async Task Variables_alone_are_a_configuration()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(environment: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Gateway__Providers__0__Name"] = "up",
            ["Gateway__Providers__0__BaseUrl"] = upstream.BaseUrl,
            ["Gateway__Providers__0__ApiKey"] = "sk-by-variable",
            ["Gateway__Models__0__Name"] = "mine",
            ["Gateway__Models__0__Provider"] = "up",
            ["Gateway__Models__0__RewriteTo"] = "theirs",
        });

        await new Sdk(gateway.BaseUrl).Chat("mine").CompleteChatAsync("Hi");

        var received = await upstream.NextRequestAsync();
        Assert.Equal(("theirs", "Bearer sk-by-variable"), (received.Json["model"]!.ToString(), received.Header("Authorization")));
    }

    [Fact]
    public async Task Variables_win_over_the_file_and_fill_its_gaps()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            new
            {
                Providers = new[] { new { Name = "up", upstream.BaseUrl, ApiKey = "${MY_KEY}" } },
                Models = new[] { new { Name = "mine", Provider = "up", RewriteTo = "by-file" } },
            },
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["MY_KEY"] = "sk-from-the-environment", ["Gateway__Models__0__RewriteTo"] = "by-variable" });

        await new Sdk(gateway.BaseUrl).Chat("mine").CompleteChatAsync("Hi");

        var received = await upstream.NextRequestAsync();
        Assert.Equal(("by-variable", "Bearer sk-from-the-environment"), (received.Json["model"]!.ToString(), received.Header("Authorization")));
        Assert.DoesNotContain("sk-from-the-environment", gateway.Process.Everything);
    }

    [Fact]
    public async Task The_variables_of_openai_serve_that_provider_besides_the_demo()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(environment: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["OPENAI_API_KEY"] = "sk-of-openai",
            ["OPENAI_BASE_URL"] = upstream.BaseUrl,
            ["LLM_MODEL"] = "gpt-mine",
        });
        var sdk = new Sdk(gateway.BaseUrl);

        var models = (await sdk.Models.GetModelsAsync()).Value.Select(m => m.Id).ToList();
        var demo = (await sdk.Chat("demo").CompleteChatAsync("Hello there")).Value;
        await sdk.Chat("gpt-mine").CompleteChatAsync("Hi");
        await sdk.Responses.CreateResponseAsync("some-other", "Hi");

        Assert.Equal(["demo", "gpt-mine"], models[..2]);
        Assert.Contains("upstream-model", models);
        Assert.Contains("Hello there", demo.Content[0].Text);
        var calls = upstream.Requests.Where(r => r.Method == "POST").ToList();
        Assert.Equal(["gpt-mine", "some-other"], calls.Select(r => r.Json["model"]!.ToString()));
        Assert.All(calls, r => Assert.Equal(("/v1/chat/completions", "Bearer sk-of-openai"), (r.RawPath, r.Header("Authorization"))));
        Assert.DoesNotContain("sk-of-openai", gateway.Process.Everything);
    }
}
