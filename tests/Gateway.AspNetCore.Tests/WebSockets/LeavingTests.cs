using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Upstream;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>A client that leaves takes the turn in flight with it, within a second, and what waits; it is nobody's fault, and nothing stays behind.</summary>
public sealed class LeavingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Script Endless = Chat.Text("Hello you", "Hello", " you").Take(2).Hang();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_vanishing_in_mid_turn(bool store)
    {
        await using var served = await Served.ByChatAsync(Endless);
        using var socket = await BegunAsync(served, store);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        await socket.SendAsync(TurnSocket.Create(Served.Hello));

        socket.Socket.Abort();

        await served.Upstream.Requests[0].Aborted.WaitAsync(Second);
        await AssertNothingStaysAsync(served);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_closing_in_mid_turn(bool store)
    {
        await using var served = await Served.ByChatAsync(Endless);
        using var socket = await BegunAsync(served, store);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));

        await socket.CloseAsync();

        await served.Upstream.Requests[0].Aborted.WaitAsync(Second);
        await AssertNothingStaysAsync(served);
    }

    [Fact]
    public async Task Before_the_provider_answers()
    {
        await using var served = await Served.ByChatAsync(Script.Silent());
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        var request = await served.Upstream.NextRequestAsync();

        socket.Socket.Abort();

        await request.Aborted.WaitAsync(Second);
        await AssertNothingStaysAsync(served);
    }

    [Fact]
    public async Task Between_turns_by_closing_which_is_answered()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        await socket.TurnAsync(Served.Hello);

        await socket.CloseAsync();

        Assert.Equal(System.Net.WebSockets.WebSocketState.Closed, socket.Socket.State);
        await Eventually.NoSocketAsync(served.Gateway);
    }

    [Fact]
    public async Task In_crowds()
    {
        await using var served = await Served.ByChatAsync(Endless);
        var sockets = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => BegunAsync(served, store: i % 2 == 0)));
        Assert.Equal(40, served.Upstream.ActiveRequests);

        foreach (var socket in sockets)
            socket.Dispose();

        await served.Upstream.WaitForIdleAsync(2 * Second);
        await Eventually.NoSocketAsync(served.Gateway);
        Assert.DoesNotContain(served.Gateway.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_response_that_it_saw_begin_is_kept_as_cancelled()
    {
        await using var served = await Served.ByChatAsync(Endless);
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        var id = JsonNode.Parse(await socket.TextAsync())!["response"]!["id"]!.GetValue<string>();

        socket.Socket.Abort();

        await BecomesAsync(served, id, "cancelled");
    }

    [Fact]
    public async Task Where_responses_go_on_without_their_client_a_stored_one_does()
    {
        var gate = new TaskCompletionSource();
        await using var served = await Served.ByChatAsync(
            Chat.Text("Hello", "Hel", "lo").WaitAfter(2, gate.Task),
            o => o with { Responses = o.Responses with { OnClientGone = ResponsesOptions.Continue } });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        var id = JsonNode.Parse(await socket.TextAsync())!["response"]!["id"]!.GetValue<string>();

        // The close is answered all the same, at once.
        await socket.CloseAsync();
        gate.SetResult();

        await BecomesAsync(served, id, "completed");
        await Eventually.NoSocketAsync(served.Gateway);
    }

    private static Task BecomesAsync(Served served, string id, string status) => Eventually.TrueAsync(
        async () =>
        {
            using var response = await served.Gateway.Client.GetAsync($"/v1/responses/{id}");
            return response.StatusCode == HttpStatusCode.OK
                && JsonNode.Parse(await response.Content.ReadAsStringAsync())!["status"]!.GetValue<string>() == status;
        },
        $"The response never was {status}.");

    private static async Task<TurnSocket> BegunAsync(Served served, bool store)
    {
        var socket = await TurnSocket.ConnectAsync(served.Gateway);
        await socket.SendAsync(TurnSocket.Create($$"""{"model":"m","input":"Hello","store":{{(store ? "true" : "false")}}}"""));
        while (!(await socket.TextAsync()).Contains("response.output_text.delta", StringComparison.Ordinal))
        {
        }

        return socket;
    }

    private static async Task AssertNothingStaysAsync(Served served)
    {
        await served.Upstream.WaitForIdleAsync();
        await Eventually.NoSocketAsync(served.Gateway);
        Assert.Single(served.Upstream.Requests);
        Assert.DoesNotContain(served.Gateway.Log.Lines, line => line.Level >= LogLevel.Warning);
    }
}
