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
    public void WriteData(ReadOnlySpan<byte> json)
    {
        var pipe = Started();
        pipe.Write("data: "u8);
        WriteLine(pipe, json);
        pipe.Write("\n\n"u8);
    }

    /// <summary>Writes an event with a name.</summary>
    /// <param name="type">Its name; the same as its <c>type</c>.</param>
    /// <param name="json">One line of JSON.</param>
    public void WriteEvent(string type, ReadOnlySpan<byte> json)
    {
        var pipe = Started();
        pipe.Write("event: "u8);
        Encoding.UTF8.GetBytes(type, pipe);
        pipe.Write("\ndata: "u8);
        WriteLine(pipe, json);
        pipe.Write("\n\n"u8);
    }

    /// <summary>Writes an error as a chat stream has it.</summary>
    /// <param name="error">The error.</param>
    public void WriteError(GatewayError error) => WriteData(error.ToBody());

    /// <summary>Writes the end mark.</summary>
    public void WriteDone() => WriteData("[DONE]"u8);

    /// <summary>Writes a comment, which every reader skips, so that nothing on the way takes a thinking model for a dead one.</summary>
    public void WriteHeartbeat()
    {
        Started().Write(": keep-alive\n\n"u8);
    }

    /// <summary>Sends what was written.</summary>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends when the client's side has room again.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_pipe is null)
            return default;
        var flush = _pipe.FlushAsync(cancellationToken);
        if (!flush.IsCompletedSuccessfully)
            return Awaited(flush);
        return flush.Result.IsCompleted ? throw new OperationCanceledException("The client left.") : default;
    }

    private static async ValueTask Awaited(ValueTask<FlushResult> flush)
    {
        if ((await flush).IsCompleted)
            throw new OperationCanceledException("The client left.");
    }

    private PipeWriter Started()
    {
        Start();
        return _pipe!;
    }

    // Line breaks between tokens are legal JSON but would end the data line.
    private static void WriteLine(PipeWriter pipe, ReadOnlySpan<byte> json)
    {
        while (json.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var cut)
        {
            pipe.Write(json[..cut]);
            pipe.Write(" "u8);
            json = json[(cut + 1)..];
        }

        pipe.Write(json);
    }
}
