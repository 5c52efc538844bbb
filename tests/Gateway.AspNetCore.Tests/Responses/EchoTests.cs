using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class EchoTests
{
    private const string Defaults =
        """
        {"previous_response_id":null,"instructions":null,"tools":[],"tool_choice":"auto","truncation":"disabled","parallel_tool_calls":true,
         "text":{"format":{"type":"text"},"verbosity":"medium"},"top_p":1,"presence_penalty":0,"frequency_penalty":0,"top_logprobs":0,"temperature":1,
         "reasoning":{"effort":null,"summary":null},"max_output_tokens":null,"max_tool_calls":null,"store":true,"background":false,"metadata":{},
         "safety_identifier":null,"prompt_cache_key":null,"service_tier":"default"}
        """;

    private const string Asked =
        """
        {"instructions":"Be brief.","truncation":"auto","parallel_tool_calls":false,"text":{"format":{"type":"text"},"verbosity":"low"},
         "top_p":0.5,"presence_penalty":-1.5,"frequency_penalty":0.25,"top_logprobs":3,"temperature":0.1,"reasoning":{"effort":"low","summary":"concise"},
         "max_output_tokens":500,"max_tool_calls":4,"store":false,"metadata":{"team":"blue","größe":"\u00e9"},"safety_identifier":"s1","prompt_cache_key":"p1",
         "tools":[{"type":"function","name":"f","description":"Does it.","parameters":{"type":"object","properties":{}},"strict":true},
                  {"type":"function","name":"g","description":null,"parameters":null,"strict":null}],
         "tool_choice":"required"}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Defaults_are_filled_in(bool native)
    {
        await using var served = native ? await Served.NativelyAsync() : await Served.ByChatAsync();

        foreach (var response in await BothAsync(served, Served.Hello))
            AssertHas(Defaults, response);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Null_is_the_same_as_nothing(bool native)
    {
        await using var served = native ? await Served.NativelyAsync() : await Served.ByChatAsync();
        var request = JsonNode.Parse(Served.Hello)!.AsObject();
        foreach (var (key, _) in JsonNode.Parse(Defaults)!.AsObject())
            request[key] = null;

        foreach (var response in await BothAsync(served, request.ToJsonString()))
            AssertHas(Defaults, response);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_asked_is_echoed_in_every_snapshot(bool native)
    {
        await using var served = native ? await Served.NativelyAsync() : await Served.ByChatAsync();
        var request = JsonNode.Parse(Asked)!.AsObject();
        request["model"] = "m";
        request["input"] = "Hello";

        var stream = await served.Gateway.StreamAsync(request.ToJsonString());

        foreach (var response in stream.Events.Select(e => e["response"]).OfType<JsonObject>().Append(await served.Gateway.CreateAsync(request.ToJsonString())))
            AssertHas(Asked, response);
    }

    [Fact]
    public async Task A_tool_without_strict_is_echoed_with_all_its_keys()
    {
        await using var served = await Served.ByChatAsync();

        var response = await served.Gateway.CreateAsync("""{"model":"m","input":"Hi","tools":[{"type":"function","name":"f"}]}""");

        AssertHas("""{"tools":[{"type":"function","name":"f","description":null,"parameters":null,"strict":null}]}""", response);
    }

    [Fact]
    public async Task The_tier_is_the_one_that_the_provider_used()
    {
        await using var served = await Served.ByChatAsync();

        var stream = await served.Gateway.StreamAsync("""{"model":"m","input":"Hi","service_tier":"flex"}""");

        Assert.Equal("flex", stream.Events[0]["response"]!["service_tier"]!.GetValue<string>());
        Assert.Equal("default", stream.Final["service_tier"]!.GetValue<string>());
        Assert.Equal("flex", served.Upstream.Requests[0].Json["service_tier"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_model_is_called_as_the_client_calls_it(bool native)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(
            upstream,
            provider => provider with { Apis = [native ? "responses" : "chat"] },
            options => options with { Models = [new ModelOptions { Name = "fast", Aliases = ["quick"], Provider = "up", RewriteTo = "vendor/fast-2" }] });

        foreach (var name in (string[])["fast", "quick"])
        {
            var request = $$"""{"model":"{{name}}","input":"Hi"}""";
            var stream = await gateway.StreamAsync(request);
            foreach (var response in stream.Events.Select(e => e["response"]).OfType<JsonObject>().Append(await gateway.CreateAsync(request)))
                Assert.Equal(name, response["model"]!.GetValue<string>());
        }

        Assert.All(upstream.Requests, received => Assert.Equal("vendor/fast-2", received.Json["model"]!.GetValue<string>()));
    }

    private static async Task<JsonObject[]> BothAsync(Served served, string request) =>
        [await served.Gateway.CreateAsync(request), (await served.Gateway.StreamAsync(request)).Final];

    private static void AssertHas(string expected, JsonObject response)
    {
        foreach (var (key, value) in JsonNode.Parse(expected)!.AsObject())
            Assert.True(JsonNode.DeepEquals(value, response[key]), $"{key}: expected {value?.ToJsonString() ?? "null"}, got {response[key]?.ToJsonString() ?? "null"}");
    }
}
