using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text.Json;
using AiGateway.Pipeline;
using AiGateway.Protocol;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>Where one turn's answer goes: its events as they come, or an error, once it is whole.</summary>
internal sealed class SocketOutput : CallOutput
{
    private readonly WebSocket _socket;
    private readonly Action _ended;
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly SocketEventWriter _events;
    private MemoryStream? _body;

    /// <summary>Begins a turn's answer.</summary>
    /// <param name="socket">Where it goes.</param>
    /// <param name="requestId">The turn's request id.</param>
    /// <param name="ended">Called once, before the client is told of the turn's end: from then on another may be in flight.</param>
    public SocketOutput(WebSocket socket, string requestId, Action ended)
    {
        (_socket, _ended, _events) = (socket, ended, new SocketEventWriter(socket, ended));
        SetHeader("x-request-id", requestId);
    }

    /// <summary>The status of the error; 0 where there was none.</summary>
    public int Status { get; private set; }

    public override bool HasStarted => Status != 0 || _events.HasStarted;

    public override void SetHeader(string name, string value) => _headers[name] = value;

    public override PipeWriter Start(int status, string contentType, long? contentLength = null)
    {
        Status = status;
        return PipeWriter.Create(_body = new MemoryStream());
    }

    internal override EventWriter OpenEvents() => _events;

    /// <summary>Ends the turn: there is an end that the client can see, whatever happened.</summary>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_events.HasEnded)
            return;
        _ended();
        if (_body is null)
            await GatewayPipeline.WriteErrorAsync(_events.Error ?? GatewayErrors.Internal(), this, cancellationToken);
        using var body = JsonDocument.Parse(_body!.GetBuffer().AsMemory(0, (int)_body.Length), JsonFormat.DocumentOptions);
        await SocketFrames.SendAsync(_socket, ErrorEnvelope.Of(Status, body.RootElement, _headers), cancellationToken);
    }
}
