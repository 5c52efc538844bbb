using System.Buffers;
using System.IO.Pipelines;
using AiGateway.Protocol;

namespace AiGateway.Pipeline;

/// <summary>
/// Writes server-sent events (<see cref="EventFrame"/>), and never flushes inside one, since some readers lose an event that is cut there.
/// </summary>
internal sealed class EventStreamWriter(CallOutput output) : EventWriter
{
    private PipeWriter? _pipe;
    private PipeRoom? _room;

    public override bool HasStarted => _pipe is not null;

    /// <summary>Fixes status 200 and the stream's headers. Does nothing the second time.</summary>
    public override void Start() => _ = Room();

    public override ValueTask StartAsync(CancellationToken cancellationToken)
    {
        Start();
        return output.StartBodyAsync(cancellationToken);
    }

    public override void WriteData(ReadOnlySpan<byte> json) => Unflushed += EventFrame.Write(Room(), json);

    public override void WriteEvent(string type, ReadOnlySpan<byte> json) => Unflushed += EventFrame.Write(Room(), type, json);

    /// <summary>Writes events that are framed already.</summary>
    /// <param name="frames">Whole frames.</param>
    public void WriteFrames(ReadOnlySpan<byte> frames)
    {
        Room().Write(frames);
        Unflushed += frames.Length;
    }

    public override void WriteDone() => WriteData("[DONE]"u8);

    public override void WriteHeartbeat() => Room().Write(": keep-alive\n\n"u8);

    public override ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_pipe is null)
            return default;
        Unflushed = 0;
        _room!.Commit();
        var flush = _pipe.FlushAsync(cancellationToken);
        if (!flush.IsCompletedSuccessfully)
            return Awaited(flush);
        return flush.Result.IsCompleted ? throw new ClientLeftException() : default;
    }

    private static async ValueTask Awaited(ValueTask<FlushResult> flush)
    {
        if ((await flush).IsCompleted)
            throw new ClientLeftException();
    }

    private PipeRoom Room()
    {
        if (_room is not null)
            return _room;
        output.SetHeader("Cache-Control", "no-cache");
        output.SetHeader("X-Accel-Buffering", "no");
        _pipe = output.Start(200, "text/event-stream; charset=utf-8");
        return _room = new PipeRoom(_pipe);
    }
}
