using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>What Open Responses' acceptance suite asks of a server over a WebSocket (<c>spec/acceptance.md</c> §3, cases 5 to 11), whoever serves the model.</summary>
public abstract class SocketAcceptanceCases : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    protected virtual string Model => "m";

    public async Task InitializeAsync() => _gateway = await StartAsync();

    public virtual async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Case_5_websocket_response()
    {
        using var socket = await TurnSocket.ConnectAsync(_gateway);

        var turn = await socket.TurnAsync(Request("""[{"type":"message","role":"user","content":"Count from 1 to 3."}]""", store: null));

        Assert.Equal("response.completed", turn.Types[^1]);
        Assert.NotEmpty(turn.Final.OutputText());
        Assert.Equal(turn.Joined("response.output_text.delta"), turn.Final.OutputText());
        Assert.True(turn.Final["store"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Case_6_websocket_sequential_responses()
    {
        using var socket = await TurnSocket.ConnectAsync(_gateway);

        var first = await socket.TurnAsync(Request("\"Reply with exactly: first\""));
        var second = await socket.TurnAsync(Request("\"Reply with exactly: second\""));

        Assert.Equal(["completed", "completed"], [first.Final.Status(), second.Final.Status()]);
        Assert.NotEqual(first.Final.Id(), second.Final.Id());
    }

    [Fact]
    public async Task Case_7_websocket_continuation()
    {
        using var socket = await TurnSocket.ConnectAsync(_gateway);

        var first = await socket.TurnAsync(Request("\"Remember the code word: cobalt. Reply with OK.\""));
        var second = await socket.TurnAsync(Request("\"What is the code word? Reply with only the code word.\"", first.Final.Id()));

        Assert.Equal("completed", second.Final.Status());
        Assert.Equal(first.Final.Id(), second.Final["previous_response_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Case_8_websocket_reconnect_store_false_recovery()
    {
        using var left = await TurnSocket.ConnectAsync(_gateway);
        var first = await left.TurnAsync(Request("\"Remember the code word: copper. Reply with OK.\""));
        using var socket = await TurnSocket.ConnectAsync(_gateway);

        AssertNotFound(await socket.RefusedAsync(Request("\"What is the code word?\"", first.Final.Id())), first.Final.Id());
        var fresh = await socket.TurnAsync(Request("""[{"type":"message","role":"user","content":"The code word is copper."}]"""));

        Assert.Equal("completed", fresh.Final.Status());
    }

    [Fact]
    public async Task Case_9_websocket_previous_response_not_found()
    {
        using var socket = await TurnSocket.ConnectAsync(_gateway);

        AssertNotFound(await socket.RefusedAsync(Request("\"Hello\"", "resp_openresponses_missing_1")), "resp_openresponses_missing_1");
    }

    [Fact]
    public async Task Case_10_websocket_failed_continuation_evicts_cache()
    {
        using var socket = await TurnSocket.ConnectAsync(_gateway);
        var first = await socket.TurnAsync(Request("\"Remember the code word: ember. Reply with OK.\""));

        var failed = await socket.RefusedAsync(Request(
            """[{"type":"function_call_output","call_id":"call_openresponses_missing","output":"No matching tool call exists in the previous response."}]""",
            first.Final.Id()));

        Assert.Equal((400, "input"), (failed["status"]!.GetValue<int>(), failed["error"]!["param"]!.GetValue<string>()));
        AssertNotFound(await socket.RefusedAsync(Request("\"What is the code word?\"", first.Final.Id())), first.Final.Id());
    }

    [Fact]
    public async Task Case_11_websocket_compact_new_chain()
    {
        var compacted = await _gateway.PostJsonAsync("/v1/responses/compact", $$"""
            {"model":"{{Model}}","input":[
              {"type":"message","role":"user","content":[{"type":"input_text","text":"Remember the compaction code word: slate."}]},
              {"type":"message","role":"assistant","content":[{"type":"output_text","text":"OK."}]},
              {"type":"message","role":"user","content":[{"type":"input_text","text":"Compress this conversation for later continuation."}]}]}
            """);
        using var socket = await TurnSocket.ConnectAsync(_gateway);

        var input = compacted["output"]!.AsArray().DeepClone().AsArray();
        input.Add(new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = "Continue from here. Reply with exactly: compacted" });
        var turn = await socket.TurnAsync(
            new JsonObject { ["model"] = Model, ["store"] = false, ["tools"] = new JsonArray(), ["input"] = input }.ToJsonString());

        Assert.Equal("completed", turn.Final.Status());
    }

    private protected abstract Task<TestGateway> StartAsync();

    private static void AssertNotFound(JsonObject envelope, string id)
    {
        Assert.Equal(400, envelope["status"]!.GetValue<int>());
        var error = envelope["error"]!;
        Assert.Equal("previous_response_not_found", error["code"]!.GetValue<string>());
        Assert.Equal("invalid_request_error", error["type"]!.GetValue<string>());
        Assert.Equal("previous_response_id", error["param"]!.GetValue<string>());
        Assert.Equal($"Previous response with id '{id}' not found.", error["message"]!.GetValue<string>());
    }

    private string Request(string input, string? previous = null, bool? store = false)
    {
        var request = new JsonObject { ["model"] = Model, ["input"] = JsonNode.Parse(input) };
        if (store is { } stored)
            request["store"] = stored;
        if (previous is not null)
            request["previous_response_id"] = previous;
        return request.ToJsonString();
    }
}
