using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>What a client may send, and what it is told of what it may not: after either, the socket is as good as before.</summary>
public sealed class MessageTests
{
    [Theory]
    [InlineData("", "invalid_json", null)]
    [InlineData("{", "invalid_json", null)]
    [InlineData("[]", "invalid_json", null)]
    [InlineData("17", "invalid_json", null)]
    [InlineData("null", "invalid_json", null)]
    [InlineData("{}{}", "invalid_json", null)]
    [InlineData("{}", "missing_required_parameter", "type")]
    [InlineData("""{"model":"m","input":"Hi"}""", "missing_required_parameter", "type")]
    [InlineData("""{"type":null,"model":"m","input":"Hi"}""", "invalid_type", "type")]
    [InlineData("""{"type":"response.cancel"}""", "invalid_value", "type")]
    [InlineData("""{"type":"response.create","type":"response.create","model":"m","input":"Hi"}""", "duplicate_parameter", "type")]
    [InlineData("""{"type":"response.create","input":"Hi"}""", "missing_required_parameter", "model")]
    [InlineData("""{"type":"response.create","model":"m"}""", "missing_required_parameter", "input")]
    [InlineData("""{"type":"response.create","model":"m","input":"Hi","temperature":"hot"}""", "invalid_type", "temperature")]
    [InlineData("""{"type":"response.create","model":"m","input":"Hi","stream":true}""", "unsupported_parameter", "stream")]
    [InlineData("""{"type":"response.create","model":"m","input":"Hi","stream":false}""", "unsupported_parameter", "stream")]
    [InlineData("""{"type":"response.create","model":"m","input":"Hi","stream":null}""", "unsupported_parameter", "stream")]
    [InlineData("""{"stream_options":{},"type":"response.create","model":"m","input":"Hi"}""", "unsupported_parameter", "stream_options")]
    [InlineData("""{"type":"response.create","model":"m","input":"Hi","background":false}""", "unsupported_parameter", "background")]
    [InlineData("""{"type":"response.create","model":"m","input":"Hi","stream_id":"a"}""", "unsupported_parameter", "stream_id")]
    [InlineData("""{"type":"response.create","model":"m","input":"Hi","generate":"no"}""", "invalid_type", "generate")]
    public async Task A_message_that_is_wrong_is_told_so_and_the_next_is_served(string message, string code, string? param)
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        await socket.SendAsync(message);
        var envelope = await socket.ReadErrorAsync();

        Assert.Equal(400, envelope["status"]!.GetValue<int>());
        Assert.Equal("invalid_request_error", envelope["error"]!["type"]!.GetValue<string>());
        Assert.Equal(code, envelope["error"]!["code"]!.GetValue<string>());
        Assert.Equal(param, envelope["error"]!["param"]?.GetValue<string>());
        Assert.Empty(served.Upstream.Requests);
        Assert.Equal("completed", (await socket.TurnAsync(Served.Hello)).Final.Status());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_told_so()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        await socket.Socket.SendAsync(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"' }, WebSocketMessageType.Binary, true, CancellationToken.None);

        Assert.Equal("invalid_json", (await socket.ReadErrorAsync())["error"]!["code"]!.GetValue<string>());
        Assert.Equal("completed", (await socket.TurnAsync(Served.Hello)).Final.Status());
    }

    [Fact]
    public async Task A_message_may_be_binary_and_in_fragments()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var text = new string('x', 100_000);
        var bytes = Encoding.UTF8.GetBytes(TurnSocket.Create($$"""{"model":"m","input":"é{{text}}","store":false}"""));

        for (var i = 0; i < bytes.Length; i += 7001)
        {
            await socket.Socket.SendAsync(
                bytes.AsMemory(i, Math.Min(7001, bytes.Length - i)), WebSocketMessageType.Binary, i + 7001 >= bytes.Length, CancellationToken.None);
        }

        Assert.Equal("completed", (await socket.ReadTurnAsync()).Final.Status());
        Assert.Equal("é" + text, Assert.Single(served.Upstream.Requests).Json["messages"]![0]!["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task Fields_that_nobody_here_knows_reach_the_provider_and_the_sockets_own_do_not()
    {
        await using var served = await Served.NativelyAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        await socket.TurnAsync("""{ "model" : "m", "input":"Hi" , "novelty":{"a":[1.50,"\u00e9"]}, "generate":true }""");

        var sent = Assert.Single(served.Upstream.Requests).Json.AsObject();
        Assert.Equal("""{"a":[1.50,"é"]}""", sent["novelty"]!.ToJsonString(Protocol.JsonFormat.SerializerOptions));
        Assert.True(sent["stream"]!.GetValue<bool>());
        Assert.False(sent.ContainsKey("type"));
        Assert.False(sent.ContainsKey("generate"));
    }

    [Fact]
    public async Task What_a_provider_refuses_is_told_with_its_status_and_its_headers()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Errors.RateLimited(retryAfter: 7));
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        var envelope = await socket.RefusedAsync(Served.Hello);

        Assert.Equal(429, envelope["status"]!.GetValue<int>());
        Assert.Equal("rate_limit_exceeded", envelope["error"]!["code"]!.GetValue<string>());
        Assert.Equal("7", envelope["headers"]!["Retry-After"]!.GetValue<string>());
        Assert.Equal("completed", (await socket.TurnAsync(Served.Hello)).Final.Status());
    }

    [Fact]
    public async Task An_error_without_a_code_gets_its_type_for_one()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        var envelope = await socket.RefusedAsync("""{"model":"m","input":[{"type":"item_reference","id":"msg_nowhere"}]}""");

        Assert.Equal(404, envelope["status"]!.GetValue<int>());
        Assert.Equal("invalid_request_error", envelope["error"]!["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_that_fails_in_mid_turn_ends_it_as_failed(bool native)
    {
        await using var served = native ? await Served.NativelyAsync() : await Served.ByChatAsync();
        served.Upstream.Enqueue(native ? NativeResponses.Failed("server_error", "It broke.", "Hel") : Chat.Text("Hello", "Hel", "lo").Take(2).SendError("server_error", "server_error", "It broke."));
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        var turn = await socket.TurnAsync(Served.Hello);

        Assert.Equal("response.failed", turn.Types[^1]);
        Assert.Equal(("server_error", "It broke."), (turn.Final["error"]!["code"]!.GetValue<string>(), turn.Final["error"]!["message"]!.GetValue<string>()));
        Assert.Equal("completed", (await socket.TurnAsync(Served.Hello)).Final.Status());
    }
}
