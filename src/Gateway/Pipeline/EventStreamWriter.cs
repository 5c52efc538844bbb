using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using AiGateway.Protocol;

namespace AiGateway.Pipeline;

/// <summary>
/// Writes server-sent events as both APIs frame them (<c>spec/responses.md</c> §10): LF line ends, one data line, one blank line, and never a flush
/// inside an event, since some readers lose an event that is cut there.
/// </summary>
internal sealed class EventStreamWriter(CallOutput output)
{
    private PipeWriter? _pipe;
    private int _unflushed;

    /// <summary>How many bytes of events were written since the last flush.</summary>
    public int Unflushed => _unflushed;

    /// <summary>Whether the status line is out of hand.</summary>
    public bool HasStarted => _pipe is not null;

    /// <summary>Fixes status 200 and the stream's headers. Does nothing the second time.</summary>
    public void Start()
    {
        if (_pipe is not null)
            return;
        output.SetHeader("Cache-Control", "no-cache");
        output.SetHeader("X-Accel-Buffering", "no");
        _pipe = output.Start(200, "text/event-stream; charset=utf-8");
    }

    /// <summary>Writes an event without a name, as chat streams have them.</summary>
    /// <param name="json">One line of JSON.</param>
    public void WriteData(ReadOnlySpan<byte> json) => Write("data: "u8, default, default, json);

    /// <summary>Writes an event with a name.</summary>
    /// <param name="type">Its name; the same as its <c>type</c>.</param>
    /// <param name="json">One line of JSON.</param>
    public void WriteEvent(string type, ReadOnlySpan<byte> json) => Write("event: "u8, type, "\ndata: "u8, json);

    /// <summary>Writes an error as a chat stream has it.</summary>
    /// <param name="error">The error.</param>
    public void WriteError(GatewayError error) => WriteData(error.ToBody());

    /// <summary>Writes the end mark.</summary>
    public void WriteDone() => WriteData("[DONE]"u8);

    /// <summary>Writes a comment, which every reader skips, so that nothing on the way takes a thinking model for a dead one.</summary>
    public void WriteHeartbeat()
    {
        Start();
        _pipe!.Write(": keep-alive\n\n"u8);
    }

    /// <summary>Sends what was written.</summary>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends when the client's side has room again.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_pipe is null)
            return default;
        _unflushed = 0;
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

    // One piece of the pipe an event: asking for each part's room costs more than copying it.
    private void Write(ReadOnlySpan<byte> head, ReadOnlySpan<char> type, ReadOnlySpan<byte> middle, ReadOnlySpan<byte> json)
    {
        Start();
        var length = head.Length + Encoding.UTF8.GetMaxByteCount(type.Length) + middle.Length + json.Length + 2;
        var room = _pipe!.GetSpan(length);
        head.CopyTo(room);
        var at = head.Length;
        at += Encoding.UTF8.GetBytes(type, room[at..]);
        middle.CopyTo(room[at..]);
        at += middle.Length;
        var line = room.Slice(at, json.Length);
        json.CopyTo(line);

        // Line breaks between tokens are legal JSON but would end the data line.
        if (line.ContainsAny((byte)'\n', (byte)'\r'))
        {
            line.Replace((byte)'\n', (byte)' ');
            line.Replace((byte)'\r', (byte)' ');
        }

        at += json.Length;
        room[at++] = (byte)'\n';
        room[at++] = (byte)'\n';
        _pipe.Advance(at);
        _unflushed += at;
    }
}
