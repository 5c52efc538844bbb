using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>Hooks see each turn as a call of its own.</summary>
public sealed class HookTests
{
    [Fact]
    public async Task Who_may_not_come_in_is_told_so_over_HTTP()
    {
        var recorder = new Recorder { Authenticate = call => call.ApiKey == "good" ? AuthenticationResult.Allow() : AuthenticationResult.NoOpinion };
        await using var served = await Served.ByChatAsync(hooks: recorder);

        var refused = await Assert.ThrowsAsync<RefusedUpgradeException>(() => TurnSocket.ConnectAsync(served.Gateway, "bad"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.Equal("invalid_api_key", Assert.Single(recorder.Errors).Error.Code);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/responses");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await served.Gateway.Client.SendAsync(request);
        var error = await BadInput.ErrorBody.ReadAsync(response, HttpStatusCode.Unauthorized);
        Assert.Equal("invalid_api_key", error.Code);
        Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);

        using var socket = await TurnSocket.ConnectAsync(served.Gateway, "good");
        await socket.TurnAsync(Served.Hello);
    }

    [Fact]
    public async Task Each_turn_is_a_call_with_an_id_of_its_own()
    {
        var ids = new ConcurrentQueue<string>();
        var recorder = new Recorder { Response = (call, result) => ids.Enqueue($"{call.Id} {call.Tenant} {result.IsStream}"), Authenticate = _ => AuthenticationResult.Allow("acme") };
        await using var served = await Served.ByChatAsync(hooks: recorder);
        using var socket = await TurnSocket.ConnectAsync(served.Gateway, "k");

        await socket.TurnAsync(Served.Hello);
        await socket.TurnAsync(Served.Hello);

        await Eventually.TrueAsync(() => Task.FromResult(ids.Count == 2), "A turn was not shown.");
        Assert.Equal(2, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.EndsWith(" acme True", id, StringComparison.Ordinal));
        Assert.Equal(["authentication", "authentication", "request", "stream", "response", "authentication", "request", "response"], recorder.Ran);
    }

    [Fact]
    public async Task A_key_that_is_revoked_ends_the_connection_at_the_next_turn()
    {
        var isGood = true;
        await using var served = await Served.ByChatAsync(
            hooks: new Recorder { Authenticate = _ => isGood ? AuthenticationResult.Allow() : AuthenticationResult.Deny() });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway, "k");
        await socket.TurnAsync(Served.Hello);

        isGood = false;
        var envelope = await socket.RefusedAsync(Served.Hello);

        Assert.Equal((401, "invalid_api_key"), (envelope["status"]!.GetValue<int>(), envelope["error"]!["code"]!.GetValue<string>()));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await socket.ClosedAsync());
        Assert.Single(served.Upstream.Requests);
    }

    [Fact]
    public async Task An_authentication_that_is_out_of_order_for_a_moment_does_not()
    {
        var isWell = true;
        await using var served = await Served.ByChatAsync(
            hooks: new Recorder { Authenticate = _ => isWell ? AuthenticationResult.Allow() : throw new GatewayException(new GatewayError(503, "server_error", "later", "Later.")) });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway, "k");

        isWell = false;
        Assert.Equal(503, (await socket.RefusedAsync(Served.Hello))["status"]!.GetValue<int>());
        isWell = true;

        await socket.TurnAsync(Served.Hello);
    }

    [Fact]
    public async Task Tenants_are_walls()
    {
        await using var served = await Served.ByChatAsync(hooks: new KeyIsTenant());
        using var alice = await TurnSocket.ConnectAsync(served.Gateway, "alice");
        using var bob = await TurnSocket.ConnectAsync(served.Gateway, "bob");
        var theirs = (await alice.TurnAsync(Served.Hello)).Final.Id();

        var envelope = await bob.RefusedAsync($$"""{"model":"m","input":"Hi","previous_response_id":"{{theirs}}"}""");

        Assert.Equal(
            ("previous_response_not_found", $"Previous response with id '{theirs}' not found."),
            (envelope["error"]!["code"]!.GetValue<string>(), envelope["error"]!["message"]!.GetValue<string>()));
        await alice.TurnAsync($$"""{"model":"m","input":"Hi","previous_response_id":"{{theirs}}"}""");
    }

    [Fact]
    public async Task A_request_hook_may_change_a_turn_or_answer_it_and_the_answer_can_be_continued()
    {
        var recorder = new Recorder
        {
            Request = call =>
            {
                if (call.Request is ResponsesRequest { Input: { } input } request && input.GetValueKind() == System.Text.Json.JsonValueKind.String)
                {
                    if (input.GetValue<string>() == "Two")
                        request.Instructions = "Be kind.";
                    else
                        call.Answer = new HookAnswer.Text("No need.");
                }
            },
        };
        await using var served = await Served.ByChatAsync(hooks: recorder);
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        var first = await socket.TurnAsync("""{"model":"m","store":false,"input":"One"}""");
        await socket.TurnAsync($$"""{"model":"m","store":false,"input":"Two","previous_response_id":"{{first.Final.Id()}}"}""");

        Assert.Equal("No need.", first.Final.OutputText());
        Assert.Equal(
            ["Be kind.", "One", "No need.", "Two"],
            Assert.Single(served.Upstream.Requests).Json["messages"]!.AsArray().Select(m => m!["content"]!.ToString()));
    }

    [Fact]
    public async Task Stream_hooks_see_its_events()
    {
        var recorder = new Recorder { Stream = (_, streamed) => streamed.EditText(text => text.ToUpperInvariant()) };
        await using var served = await Served.ByChatAsync(Chat.Text("hello"), hooks: recorder);
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        Assert.Equal("HELLO", (await socket.TurnAsync(Served.Hello)).Final.OutputText());
    }

    [Fact]
    public async Task A_turn_whose_end_a_hook_takes_away_ends_with_an_error()
    {
        var recorder = new Recorder { Stream = (_, streamed) => { if (streamed.Type == "response.completed") streamed.Drop(); } };
        await using var served = await Served.ByChatAsync(hooks: recorder);
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));

        string message;
        do
        {
            message = await socket.TextAsync();
        }
        while (!message.Contains("\"error\":{", StringComparison.Ordinal));

        Assert.Contains("internal_error", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idempotency_key_means_nothing_here()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway, options: o => o.SetRequestHeader("Idempotency-Key", "once"));

        var first = await socket.TurnAsync("""{"model":"m","input":"One"}""");
        var second = await socket.TurnAsync("""{"model":"m","input":"Two"}""");

        Assert.NotEqual(first.Final.Id(), second.Final.Id());
        Assert.Equal(2, served.Upstream.Requests.Count);
    }
}
