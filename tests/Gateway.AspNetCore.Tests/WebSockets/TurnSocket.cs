using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.AspNetCore.Tests.Schema;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>A client on <c>ws://…/v1/responses</c>. Every turn is checked as a strict client would.</summary>
internal sealed class TurnSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[1 << 20];

    private TurnSocket(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public static async Task<TurnSocket> ConnectAsync(TestGateway gateway, string? key = null, Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (key is not null)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        options?.Invoke(socket.Options);
        var client = new TurnSocket(socket);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/v1/responses"), CancellationToken.None).WaitAsync(Patience);
            return client;
        }
        catch (WebSocketException e)
        {
            throw new RefusedUpgradeException(socket.HttpStatusCode, e);
        }
    }

    /// <summary>A message: <c>type</c> is put in front of the fields of a create.</summary>
    public static string Create(string fields) => "{\"type\":\"response.create\"," + fields.TrimStart()[1..];

    public Task SendAsync(string message) => Socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Runs a turn to its end.</summary>
    /// <param name="create">The body of a create.</param>
    /// <param name="isStandard">False where the test is about something that OpenAI has and Open Responses' schema refuses.</param>
    public async Task<ResponseStream> TurnAsync(string create, bool isStandard = true)
    {
        await SendAsync(Create(create));
        return await ReadTurnAsync(isStandard);
    }

    /// <summary>Reads the events of a turn.</summary>
    public async Task<ResponseStream> ReadTurnAsync(bool isStandard = true)
    {
        var messages = new List<string>();
        do
        {
            messages.Add(await TextAsync());
            Assert.True(Type(messages[^1]) != "error", messages[^1]);
        }
        while (Type(messages[^1]) is not ("response.completed" or "response.incomplete" or "response.failed"));
        var turn = ResponseStreamChecker.CheckTurn(messages);
        foreach (var streamed in isStandard ? turn.Events : [])
            OpenResponsesSchema.CheckEvent(streamed);
        return turn;
    }

    /// <summary>Sends a create that is refused.</summary>
    /// <returns>The envelope.</returns>
    public async Task<JsonObject> RefusedAsync(string create)
    {
        await SendAsync(Create(create));
        return await ReadErrorAsync();
    }

    /// <summary>Reads an error.</summary>
    /// <returns>The envelope.</returns>
    public async Task<JsonObject> ReadErrorAsync()
    {
        var envelope = JsonNode.Parse(await TextAsync())!.AsObject();
        Assert.Equal("error", envelope["type"]!.GetValue<string>());
        OpenResponsesSchema.Check("WebSocketErrorEvent", envelope);
        Assert.StartsWith("req_", envelope["headers"]!["x-request-id"]!.GetValue<string>(), StringComparison.Ordinal);
        return envelope;
    }

    /// <summary>Reads a text message.</summary>
    public async Task<string> TextAsync()
    {
        var (type, text) = await ReceiveAsync();
        Assert.True(type == WebSocketMessageType.Text, $"{type}: {Socket.CloseStatus} {Socket.CloseStatusDescription}");
        return text;
    }

    /// <summary>Waits until the gateway closes, and closes too.</summary>
    public async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        var (type, text) = await ReceiveAsync();
        Assert.True(type == WebSocketMessageType.Close, text);
        await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        return Socket.CloseStatus;
    }

    public Task CloseAsync() => Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "Bye", CancellationToken.None).WaitAsync(Patience);

    public void Dispose() => Socket.Dispose();

    private static string Type(string message) => JsonNode.Parse(message)!["type"]!.GetValue<string>();

    private async Task<(WebSocketMessageType Type, string Text)> ReceiveAsync()
    {
        var count = 0;
        while (true)
        {
            var received = await Socket.ReceiveAsync(_buffer.AsMemory(count), CancellationToken.None).AsTask().WaitAsync(Patience);
            count += received.Count;
            if (received.EndOfMessage)
                return (received.MessageType, Encoding.UTF8.GetString(_buffer, 0, count));
        }
    }
}
