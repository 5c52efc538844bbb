using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.AspNetCore.Tests.WebSockets;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Compaction;

/// <summary><c>compaction_trigger</c>: the response is the compaction of its context, and nothing else.</summary>
public sealed class CompactionTriggerTests
{
    private const string Trigger = """{"type":"compaction_trigger"}""";
    private const string Summary = "This is a summary of the earlier conversation, which was compacted:\n\nThey talked.";

    private const string Input = """
        {"type":"message","role":"system","content":"Be brief."},
        {"type":"message","role":"user","content":"A question."},
        {"type":"message","role":"assistant","content":"A long answer."},
        """;

    public static TheoryData<bool, bool> Ways => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_compaction_item_is_all_of_the_output(bool native, bool streamed)
    {
        await using var served = await ServeAsync(native, "They talked.");

        var response = await AnswerAsync(served.Gateway, $$"""{"model":"m","store":false,"input":[{{Input}}{{Trigger}}]}""", streamed);

        Assert.Equal("completed", response.Status());
        Assert.StartsWith("cmp_", Assert.Single(response["output"]!.AsArray())!["id"]!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("aigw1.", response.Sealed(), StringComparison.Ordinal);
        Assert.Equal(17, response["usage"]!["total_tokens"]!.GetValue<int>());
        var asked = Assert.Single(served.Upstream.Requests);
        Assert.Contains("A long answer.", asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("compaction_trigger", asked.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_chain_goes_on_from_it(bool native, bool streamed)
    {
        await using var served = await ServeAsync(native, "A long answer.", "They talked.", "Answer.", "More.");
        var first = await AnswerAsync(served.Gateway, """{"model":"m","input":[{"role":"developer","content":"Be brief."},{"role":"user","content":"A question."}]}""", streamed);
        var compacted = await AnswerAsync(served.Gateway, $$"""{"model":"m","previous_response_id":"{{first.Id()}}","input":[{{Trigger}}]}""", streamed);

        var next = await AnswerAsync(served.Gateway, $$"""{"model":"m","previous_response_id":"{{compacted.Id()}}","input":"And then?"}""", streamed);
        await AnswerAsync(served.Gateway, $$"""{"model":"m","previous_response_id":"{{next.Id()}}","input":"And now?"}""", streamed);

        Assert.Equal(["Be brief.", "A question.", Summary, "And then?", "Answer.", "And now?"], Texts(served.Upstream.Requests[3].Json));
        var items = await served.Gateway.CallAsync("GET", $"/v1/responses/{next.Id()}/input_items?order=asc");
        Assert.Equal(["message", "message", "message", "compaction", "message"], items["data"]!.AsArray().Select(item => item!["type"]!.ToString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_item_can_be_brought_back_as_input(bool native)
    {
        await using var served = await ServeAsync(native, "They talked.", "Answer.");
        var compacted = await served.Gateway.CreateAsync($$"""{"model":"m","store":false,"input":[{{Input}}{{Trigger}}]}""");

        await served.Gateway.CreateAsync($$"""{"model":"m","store":false,"input":{{compacted.Then("And then?")}}}""");

        Assert.Equal(["Be brief.", "A question.", Summary, "And then?"], Texts(served.Upstream.Requests[1].Json));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task In_the_background_too(bool native, bool streamed)
    {
        await using var served = await ServeAsync(native, "They talked.");
        var body = $$"""{"model":"m","background":true,"stream":{{(streamed ? "true" : "false")}},"input":[{{Input}}{{Trigger}}]}""";

        var final = streamed ? (await served.Gateway.StreamAsync(body)).Final : await served.Gateway.PollAsync((await served.Gateway.CreateAsync(body)).Id());

        Assert.Equal(("completed", "compaction"), (final.Status(), Assert.Single(final["output"]!.AsArray())!["type"]!.ToString()));
    }

    [Fact]
    public async Task A_call_that_waits_for_its_output_is_answered_afterwards()
    {
        const string Call = """{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}""";
        await using var served = await ServeAsync(native: false, "They talked.", "Answer.");
        var compacted = await served.Gateway.CreateAsync($$"""{"model":"m","input":[{{Input}}{{Call}},{{Trigger}}]}""");

        await served.Gateway.CreateAsync(
            $$"""{"model":"m","previous_response_id":"{{compacted.Id()}}","input":[{"type":"function_call_output","call_id":"c1","output":"42"}]}""");

        var messages = served.Upstream.Requests[1].Json["messages"]!.AsArray();
        Assert.Equal("c1", messages[^2]!["tool_calls"]![0]!["id"]!.ToString());
        Assert.Equal(("tool", "42"), (messages[^1]!["role"]!.ToString(), messages[^1]!["content"]!.ToString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_nobody_but_users_spoke_no_summary_is_asked_for(bool streamed)
    {
        await using var served = await ServeAsync(native: false);

        var response = await AnswerAsync(served.Gateway, $$"""{"model":"m","input":[{"role":"user","content":"Hello"},{{Trigger}}]}""", streamed);

        Assert.Single(response.Items("compaction"));
        Assert.Equal(0, response["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Empty(served.Upstream.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_goes_wrong_is_a_status(bool streamed)
    {
        var stream = streamed ? ",\"stream\":true" : "";
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Errors.RateLimited(retryAfter: 3));

        var failed = await served.Gateway.RefusedAsync($$"""{"model":"m","input":[{{Input}}{{Trigger}}]{{stream}}}""", HttpStatusCode.TooManyRequests);
        var empty = await served.Gateway.RefusedAsync($$"""{"model":"m","input":[{{Trigger}}]{{stream}}}""");
        var early = await served.Gateway.RefusedAsync($$"""{"model":"m","input":[{{Trigger}},{"role":"user","content":"x"}]{{stream}}}""");

        Assert.Equal("rate_limit_exceeded", failed["code"]!.ToString());
        Assert.Equal(("input", "invalid_value"), (empty["param"]!.ToString(), empty["code"]!.ToString()));
        Assert.Contains("'compaction_trigger'", empty["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("input[0]", early["param"]!.ToString());
    }

    [Fact]
    public async Task Over_a_WebSocket_too_but_not_to_warm_up()
    {
        await using var served = await ServeAsync(native: false, "They talked.", "Answer.");
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var compacted = (await socket.TurnAsync($$"""{"model":"m","store":false,"input":[{{Input}}{{Trigger}}]}""")).Final;

        await socket.TurnAsync($$"""{"model":"m","store":false,"previous_response_id":"{{compacted.Id()}}","input":"And then?"}""");
        var refused = await socket.RefusedAsync($$"""{"model":"m","generate":false,"input":[{{Input}}{{Trigger}}]}""");

        Assert.Equal(["Be brief.", "A question.", Summary, "And then?"], Texts(served.Upstream.Requests[1].Json));
        Assert.Equal("generate", refused["error"]!["param"]!.ToString());
    }

    [Fact]
    public async Task The_demo_compacts_too()
    {
        await using var gateway = await TestGateway.StartAsync(new GatewayOptions());

        var response = await gateway.CreateAsync($$"""{"model":"demo","input":[{{Input}}{{Trigger}}]}""");

        Assert.Single(response.Items("compaction"));
        Assert.Equal("You said: And then?", (await gateway.CreateAsync($$"""{"model":"demo","previous_response_id":"{{response.Id()}}","input":"And then?"}""")).OutputText());
    }

    private static async Task<Served> ServeAsync(bool native, params string[] texts)
    {
        var served = native ? await Served.NativelyAsync() : await Served.ByChatAsync();
        served.Upstream.Enqueue([.. texts.Select(text => native ? NativeResponses.Text(text) : Chat.Text(text))]);
        return served;
    }

    private static async Task<JsonObject> AnswerAsync(TestGateway gateway, string request, bool streamed) =>
        streamed ? (await gateway.StreamAsync(request)).Final : await gateway.CreateAsync(request);

    private static IEnumerable<string> Texts(JsonNode sent) => (sent["messages"] ?? sent["input"])!.AsArray()
        .Select(message => message!["content"] is JsonArray parts ? string.Concat(parts.Select(part => part!["text"]!.ToString())) : message["content"]!.ToString());
}
