using System.Buffers.Text;
using System.Diagnostics;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Load;

/// <summary>
/// One paced stream as its reader sees it: delta i carries the text <c>di </c>, so a lost, doubled or reordered one shows, and each should
/// come 20 ms after the last.
/// </summary>
internal sealed class PacedStream : IBodyProgress
{
    public const int Deltas = 64;

    /// <summary>A reader notices: a dozen deltas late.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(250);

    private readonly long _start = Stopwatch.GetTimestamp();
    private int _scanned;
    private int _next;
    private long _last;

    public TimeSpan First { get; private set; }

    public TimeSpan MaxGap { get; private set; }

    public int Late { get; private set; }

    public int Received { get; private set; }

    public bool InOrder { get; private set; } = true;

    public void Arrived(ReadOnlySpan<byte> bodySoFar)
    {
        var now = Stopwatch.GetTimestamp();
        while (bodySoFar[_scanned..].IndexOf("\n\n"u8) is >= 0 and var length)
        {
            if (Index(bodySoFar.Slice(_scanned, length)) is { } index)
                Take(index, now);
            _scanned += length + 2;
        }
    }

    private void Take(int index, long now)
    {
        if (Received == 0)
        {
            First = Stopwatch.GetElapsedTime(_start, now);
        }
        else
        {
            var gap = Stopwatch.GetElapsedTime(_last, now);
            if (gap > MaxGap)
                MaxGap = gap;
            if (gap > LateAfter)
                Late++;
        }

        // The numbering may start at 0 or at 1; from there it goes up by one.
        InOrder &= Received == 0 ? index is 0 or 1 : index == _next;
        _next = index + 1;
        _last = now;
        Received++;
    }

    private static int? Index(ReadOnlySpan<byte> frame)
    {
        var at = frame.IndexOf("\"content\":\"d"u8);
        return at >= 0 && Utf8Parser.TryParse(frame[(at + "\"content\":\"d".Length)..], out int index, out _) ? index : null;
    }
}
