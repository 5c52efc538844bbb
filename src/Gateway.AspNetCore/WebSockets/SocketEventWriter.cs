using System.Buffers;
using System.Net.WebSockets;
using AiGateway.Pipeline;
using AiGateway.Protocol;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>
/// A turn's events, one a text message: no names, no end mark, and no heartbeats, since WebSockets have frames for that. Clients take an <c>error</c> for
/// a turn's end, and so a response that breaks says so by <c>response.failed</c> alone.
/// </summary>
/// <param name="socket">Where they go.</param>
/// <param name="ended">Called before the terminal event is sent.</param>
internal sealed class SocketEventWriter(WebSocket socket, Action ended) : EventWriter
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private readonly List<int> _ends = [];
    private bool _hasStarted;

    public override bool HasStarted => _hasStarted;

    /// <summary>Whether the event that ends a response was written.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What went wrong where no event says so; null where nothing did.</summary>
    public GatewayError? Error { get; private set; }

    public override bool TellsErrors => false;

    public override void Start() => _hasStarted = true;

    public override void WriteData(ReadOnlySpan<byte> json)
    {
        _hasStarted = true;
        _written.Write(json);
        _ends.Add(_written.WrittenCount);
        Unflushed += json.Length;
    }

    public override void WriteEvent(string type, ReadOnlySpan<byte> json)
    {
        WriteData(json);
        if (type is not ("response.completed" or "response.incomplete" or "response.failed"))
            return;
        HasEnded = true;
        ended();
    }

    public override void WriteDone()
    {
        // The terminal event is the end.
    }

    public override void WriteHeartbeat()
    {
        // The socket's own frames do that.
    }

    public override void EndWithout(GatewayError error) => Error = error;

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Unflushed = 0;
        var start = 0;
        foreach (var end in _ends)
        {
            await SocketFrames.SendAsync(socket, _written.WrittenMemory[start..end], cancellationToken);
            start = end;
        }

        _ends.Clear();
        _written.ResetWrittenCount();
    }
}
