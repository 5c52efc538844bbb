using System.Diagnostics;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Load;

/// <summary>When the events of one stream that a client waits for arrived: its first at all, its first text, its last.</summary>
/// <param name="text">How an event with text begins.</param>
/// <param name="last">How the terminal event begins.</param>
internal sealed class StreamMarks(byte[] text, byte[] last) : IBodyProgress
{
    private long _start;
    private int _scanned;

    /// <summary>Stopwatch ticks from the request to the first byte of the body; 0 for none yet.</summary>
    public long First { get; private set; }

    /// <summary>To the first text; 0 for none.</summary>
    public long Text { get; private set; }

    /// <summary>To the terminal event; 0 for none.</summary>
    public long Last { get; private set; }

    /// <summary>Those of a stream of responses.</summary>
    public static StreamMarks OfResponses() => new("event: response.output_text.delta\n"u8.ToArray(), "event: response.completed\n"u8.ToArray());

    /// <summary>Those of a stream of chat.</summary>
    public static StreamMarks OfChat() => new("\"delta\":{\"content\":"u8.ToArray(), "data: [DONE]"u8.ToArray());

    /// <summary>Begins anew.</summary>
    /// <param name="start">When the request was sent.</param>
    public void Begin(long start) => (_start, _scanned, First, Text, Last) = (start, 0, 0, 0, 0);

    public void Arrived(ReadOnlySpan<byte> bodySoFar)
    {
        if (bodySoFar.IsEmpty)
            return;
        var now = Stopwatch.GetTimestamp() - _start;
        if (First == 0)
            First = now;
        if (Text == 0 && bodySoFar[_scanned..].IndexOf(text) >= 0)
            Text = now;
        if (Last == 0 && bodySoFar[_scanned..].IndexOf(last) >= 0)
            Last = now;

        // A mark may be cut in two.
        _scanned = Math.Max(0, bodySoFar.Length - Math.Max(text.Length, last.Length));
    }
}
