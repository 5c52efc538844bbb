using System.Net.WebSockets;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>A client that sends ahead: one turn after the other, in order, and no more of them than may wait.</summary>
public sealed class QueueTests
{
    [Fact]
    public async Task Turns_are_served_one_after_the_other_in_the_order_in_which_they_were_sent()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        served.Upstream.Enqueue([.. Enumerable.Range(0, 5).Select(i => Chat.Text($"Answer {i}"))]);

        for (var i = 0; i < 5; i++)
            await socket.SendAsync(Question(i));

        for (var i = 0; i < 5; i++)
        {
            // The checker sees to it that no event of another is among them, and that numbers begin at 0.
            Assert.Equal($"Answer {i}", (await socket.ReadTurnAsync()).Final.OutputText());
            Assert.Equal($"Question {i}", Asked(served, i));
        }
    }

    [Fact]
    public async Task The_next_turn_does_not_begin_before_the_one_in_flight_has_ended()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var gate = new TaskCompletionSource();
        served.Upstream.Enqueue(Chat.Text("Slow", "Sl", "ow").WaitAfter(2, gate.Task));
        var maxActive = 0;
        served.Upstream.Always(Script.By(_ =>
        {
            maxActive = Math.Max(maxActive, served.Upstream.ActiveRequests);
            return Chat.Text("Fast");
        }));

        await socket.SendAsync(Question(0));
        await socket.SendAsync(Question(1));
        await served.Upstream.NextRequestAsync();

        // What a wrong message is told waits for its turn too.
        await socket.SendAsync("nonsense");
        await socket.SendAsync(Question(2));
        gate.SetResult();

        Assert.Equal("Slow", (await socket.ReadTurnAsync()).Final.OutputText());
        Assert.Equal("Fast", (await socket.ReadTurnAsync()).Final.OutputText());
        Assert.Equal("invalid_json", (await socket.ReadErrorAsync())["error"]!["code"]!.GetValue<string>());
        Assert.Equal("Fast", (await socket.ReadTurnAsync()).Final.OutputText());
        Assert.Equal(1, maxActive);
    }

    [Fact]
    public async Task What_is_sent_beyond_the_bound_is_refused_when_its_turn_comes()
    {
        await using var served = await Served.ByChatAsync(options: o => o with { Responses = o.Responses with { WebSocketMaxWaiting = 2 } });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var gate = new TaskCompletionSource();
        served.Upstream.Enqueue(Chat.Text("Slow", "Sl", "ow").WaitAfter(2, gate.Task));
        await socket.SendAsync(Question(0));
        await served.Upstream.NextRequestAsync();

        for (var i = 1; i <= 5; i++)
            await socket.SendAsync(Question(i));

        // A pong would not do for a sign that all five were read; that the socket closes well at the end is one that they all were answered.
        var messages = new List<JsonObject>();
        while (messages.Count(m => m["type"]!.GetValue<string>() == "response.output_text.delta") < 1)
            messages.Add(await NextAsync(socket));
        gate.SetResult();
        while (messages.Count(IsEnd) < 6)
            messages.Add(await NextAsync(socket));

        Assert.Equal(
            ["response.completed", "response.completed", "response.completed", "error", "error", "error"],
            messages.Where(IsEnd).Select(m => m["type"]!.GetValue<string>()));
        Assert.All(messages.Where(m => m["type"]!.GetValue<string>() == "error"), envelope =>
        {
            Assert.Equal(429, envelope["status"]!.GetValue<int>());
            Assert.Equal("websocket_queue_full", envelope["error"]!["code"]!.GetValue<string>());
        });
        Assert.Equal(["Question 0", "Question 1", "Question 2"], Enumerable.Range(0, 3).Select(i => Asked(served, i)));
        Assert.Equal("completed", (await socket.TurnAsync(Served.Hello)).Final.Status());
    }

    [Fact]
    public async Task A_client_that_waits_for_each_end_is_never_refused()
    {
        // The hook is where a turn stays when its client has seen its end already.
        using var gate = new ManualResetEventSlim();
        await using var served = await Served.ByChatAsync(
            options: o => o with { Responses = o.Responses with { WebSocketMaxWaiting = 0 } }, hooks: new Recorder { Response = (_, _) => gate.Wait() });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        await socket.TurnAsync(Served.Hello);

        // More than the buffers on the way hold: once it is sent, what was sent before it is read.
        await socket.SendAsync(Question(1));
        await socket.SendAsync(new string('x', 32 * 1024 * 1024));
        gate.Set();

        Assert.Equal("completed", (await socket.ReadTurnAsync()).Final.Status());
    }

    [Fact]
    public async Task Messages_that_wait_are_together_no_larger_than_one_may_be()
    {
        await using var served = await Served.ByChatAsync(options: o => o with { MaxRequestBodyBytes = 10_000 });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var gate = new TaskCompletionSource();
        served.Upstream.Enqueue(Chat.Text("Slow", "Sl", "ow").WaitAfter(1, gate.Task));
        await socket.SendAsync(Question(0));
        await served.Upstream.NextRequestAsync();
        var large = TurnSocket.Create($$"""{"model":"m","input":"{{new string('x', 6000)}}"}""");

        await socket.SendAsync(large);
        await socket.SendAsync(large);
        gate.SetResult();

        await socket.ReadTurnAsync();
        var (first, second) = (await EndAsync(socket), await EndAsync(socket));
        Assert.Equal("response.completed", first["type"]!.GetValue<string>());

        // Where the first was taken before the second came, both are served.
        Assert.True(second["type"]!.GetValue<string>() == "response.completed" || second["error"]!["code"]!.GetValue<string>() == "websocket_queue_full");
    }

    [Fact]
    public async Task A_message_that_is_too_large_ends_the_connection_behind_what_came_before_it()
    {
        await using var served = await Served.ByChatAsync(options: o => o with { MaxRequestBodyBytes = 10_000 });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        await socket.SendAsync(Question(0));
        await socket.SendAsync(TurnSocket.Create($$"""{"model":"m","input":"{{new string('x', 50_000)}}"}"""));
        await socket.SendAsync(Question(1));

        Assert.Equal("completed", (await socket.ReadTurnAsync()).Final.Status());
        var envelope = await socket.ReadErrorAsync();
        Assert.Equal((413, "request_too_large"), (envelope["status"]!.GetValue<int>(), envelope["error"]!["code"]!.GetValue<string>()));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await socket.ClosedAsync());
        await Eventually.NoSocketAsync(served.Gateway);
        Assert.Single(served.Upstream.Requests);
    }

    [Fact]
    public async Task A_message_as_large_as_one_may_be_is_served()
    {
        await using var served = await Served.ByChatAsync(options: o => o with { MaxRequestBodyBytes = 10_000 });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var frame = TurnSocket.Create("""{"model":"m","input":""}""").Length;

        Assert.Equal("completed", (await socket.TurnAsync($$"""{"model":"m","input":"{{new string('x', 10_000 - frame)}}"}""")).Final.Status());
        await socket.SendAsync(TurnSocket.Create($$"""{"model":"m","input":"{{new string('x', 10_001 - frame)}}"}"""));
        Assert.Equal(413, (await socket.ReadErrorAsync())["status"]!.GetValue<int>());
    }

    private static string Question(int i) => TurnSocket.Create($$"""{"model":"m","input":"Question {{i}}"}""");

    private static string Asked(Served served, int i) => served.Upstream.Requests[i].Json["messages"]![0]!["content"]!.GetValue<string>();

    private static async Task<JsonObject> NextAsync(TurnSocket socket) => JsonNode.Parse(await socket.TextAsync())!.AsObject();

    private static async Task<JsonObject> EndAsync(TurnSocket socket)
    {
        while (true)
        {
            var message = await NextAsync(socket);
            if (IsEnd(message))
                return message;
        }
    }

    private static bool IsEnd(JsonObject message) => message["type"]!.GetValue<string>() is "error" or "response.completed";
}
