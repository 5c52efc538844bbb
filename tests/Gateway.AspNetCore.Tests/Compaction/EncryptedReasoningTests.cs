using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Compaction;

/// <summary>Reasoning that only its maker can open, with two providers that speak the Responses API, and one that speaks chat.</summary>
public sealed class EncryptedReasoningTests : IAsyncLifetime
{
    private const string Include = "\"store\":false,\"include\":[\"reasoning.encrypted_content\"]";
    private static readonly ModelOptions ByA = new() { Name = "m", Provider = "a" };
    private static readonly ModelOptions ByB = new() { Name = "m", Provider = "b" };
    private static readonly ModelOptions RestByA = new() { Name = "*", Provider = "a" };

    private readonly KeptSecrets _secrets = new();
    private ScriptedUpstream _a = null!, _b = null!;

    public async Task InitializeAsync()
    {
        _a = (await ScriptedUpstream.StartAsync()).Always(NativeResponses.Reasoning("From a.", summary: "I count.", encrypted: "gAAAA-by-a"));
        _b = (await ScriptedUpstream.StartAsync()).Always(NativeResponses.Reasoning("From b.", encrypted: "gAAAA-by-b"));
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_maker_gets_it_back_as_it_gave_it(bool streamed)
    {
        await using var gateway = await StartAsync(ByA);
        var first = await AskAsync(gateway, streamed);

        await gateway.CreateAsync(Next(first));

        Assert.StartsWith("aigw1.", Content(first), StringComparison.Ordinal);
        Assert.Equal("gAAAA-by-a", Reasoning(_a.Requests[1])!["encrypted_content"]!.ToString());
    }

    [Fact]
    public async Task In_a_stream_it_is_the_same_in_every_event()
    {
        await using var gateway = await StartAsync(ByA);

        var stream = await gateway.StreamAsync($$"""{"model":"m","input":"Count.",{{Include}}}""");

        var done = stream.Events.Single(streamed => streamed["type"]!.ToString() == "response.output_item.done" && streamed["item"]!["type"]!.ToString() == "reasoning");
        Assert.Equal(Content(stream.Final), done["item"]!["encrypted_content"]!.ToString());
        Assert.DoesNotContain(stream.Events, streamed => streamed.ToJsonString().Contains("gAAAA", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_next_turn_goes_to_its_maker_where_that_still_serves_the_model()
    {
        JsonObject first;
        await using (var gateway = await StartAsync(ByA))
            first = await AskAsync(gateway);

        await using var changed = await StartAsync(ByB, RestByA);
        var next = await changed.CreateAsync(Next(first));

        Assert.Equal("From a.", next.OutputText());
        Assert.Equal("From b.", (await changed.CreateAsync("""{"model":"m","input":"Afresh.","store":false}""")).OutputText());
        Assert.Equal("From b.", (await changed.CreateAsync($$"""{"model":"m","input":"Afresh.",{{Include}}}""")).OutputText());
    }

    [Fact]
    public async Task Where_it_does_not_the_other_provider_gets_the_rest()
    {
        JsonObject first;
        await using (var gateway = await StartAsync(ByA))
            first = await AskAsync(gateway);

        await using var changed = await StartAsync(ByB);
        await changed.CreateAsync(Next(first));

        var reasoning = Reasoning(Assert.Single(_b.Requests))!;
        Assert.Null(reasoning["encrypted_content"]);
        Assert.Equal("I count.", reasoning["summary"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task An_item_that_has_nothing_else_is_left_out()
    {
        JsonObject first;
        await using (var gateway = await StartAsync(ByB))
            first = await AskAsync(gateway);

        await using var changed = await StartAsync(ByA);
        await changed.CreateAsync(Next(first));

        Assert.Null(Reasoning(Assert.Single(_a.Requests)));
    }

    [Fact]
    public async Task Who_asks_for_another_model_gets_that_model()
    {
        await using var gateway = await StartAsync(RestByA, ByB);
        var first = await AskAsync(gateway, model: "x");

        var next = await gateway.CreateAsync(Next(first));

        Assert.Equal("From b.", next.OutputText());
        Assert.Null(Reasoning(Assert.Single(_b.Requests))!["encrypted_content"]);
    }

    [Fact]
    public async Task A_chat_provider_gets_none()
    {
        JsonObject first;
        await using (var gateway = await StartAsync(ByA))
            first = await AskAsync(gateway);
        await using var chat = await ScriptedUpstream.StartAsync();
        await using var changed = await StartAsync(new GatewayOptions { Providers = [new ProviderOptions { Name = "a", BaseUrl = chat.BaseUrl }], Models = [ByA] });

        await changed.CreateAsync(Next(first));

        Assert.DoesNotContain("gAAAA", Assert.Single(chat.Requests).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("aigw1", Assert.Single(chat.Requests).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_that_was_not_sealed_here_passes_as_it_came()
    {
        await using var gateway = await StartAsync(ByB);

        await gateway.CreateAsync("""{"model":"m","store":false,"input":[{"type":"reasoning","summary":[],"encrypted_content":"gAAAA-elsewhere"},{"role":"user","content":"x"}]}""");

        Assert.Equal("gAAAA-elsewhere", Reasoning(Assert.Single(_b.Requests))!["encrypted_content"]!.ToString());
    }

    [Fact]
    public async Task A_changed_one_is_refused()
    {
        await using var gateway = await StartAsync(ByA);
        var first = await AskAsync(gateway);
        var content = Content(first);

        var error = await gateway.RefusedAsync(Next(first).Replace(content, content[..^3] + "AAA", StringComparison.Ordinal));

        Assert.Equal(("invalid_encrypted_content", "input[1].encrypted_content"), (error["code"]!.ToString(), error["param"]!.ToString()));
        Assert.Single(_a.Requests);
    }

    private static async Task<JsonObject> AskAsync(TestGateway gateway, bool streamed = false, string model = "m")
    {
        var request = $$"""{"model":"{{model}}","input":"Count.",{{Include}}}""";
        return streamed ? (await gateway.StreamAsync(request)).Final : await gateway.CreateAsync(request);
    }

    private static string Content(JsonObject response) => response.Items("reasoning")[0]["encrypted_content"]!.ToString();

    private static string Next(JsonObject first)
    {
        var input = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Count." });
        foreach (var item in first["output"]!.AsArray())
            input.Add(item!.DeepClone());
        input.Add(new JsonObject { ["role"] = "user", ["content"] = "Go on." });
        return new JsonObject { ["model"] = "m", ["store"] = false, ["input"] = input }.ToJsonString();
    }

    private static JsonNode? Reasoning(ReceivedRequest request) =>
        request.Json["input"]!.AsArray().FirstOrDefault(item => item!["type"]?.ToString() == "reasoning");

    private Task<TestGateway> StartAsync(params ModelOptions[] models) => StartAsync(new GatewayOptions { Providers = [Provider("a", _a), Provider("b", _b)], Models = models });

    private Task<TestGateway> StartAsync(GatewayOptions options) => TestGateway.StartAsync(options, services => services.AddSingleton<IKeptSecrets>(_secrets));

    private static ProviderOptions Provider(string name, ScriptedUpstream upstream) => new() { Name = name, BaseUrl = upstream.BaseUrl, Apis = ["responses"] };
}
