using System.Buffers.Text;
using System.Diagnostics;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Cluster;

/// <summary>
/// One response whose deltas say when the provider sent them: delta i is <c>di@t </c>, with t in ticks of the stopwatch, which is one for all processes of a Linux
/// machine. How late each comes is noted as it comes.
/// </summary>
/// <param name="delays">Gets the ticks from the provider's sending to the client's having it, of each delta that the provider sent within the counted time.</param>
/// <param name="from">When the counted time begins.</param>
/// <param name="until">When it ends.</param>
internal sealed class TimedStream(List<long> delays, long from, long until) : IBodyProgress
{
    private static readonly byte[] Start = "event: response.output_text.delta\n"u8.ToArray();
    private static readonly byte[] Delta = "\"delta\":\"d"u8.ToArray();

    private long _asked;
    private int _scanned;

    /// <summary>Ticks from asking to the first byte of the body; 0 for none yet.</summary>
    public long First { get; private set; }

    /// <summary>Deltas so far.</summary>
    public int Received { get; private set; }

    /// <summary>Whether each came once, one behind the other.</summary>
    public bool InOrder { get; private set; } = true;

    /// <summary>Begins anew.</summary>
    /// <param name="asked">When the response was asked for.</param>
    public void Begin(long asked) => (_asked, _scanned, First, Received, InOrder) = (asked, 0, 0, 0, true);

    public void Arrived(ReadOnlySpan<byte> bodySoFar)
    {
        var now = Stopwatch.GetTimestamp();
        if (First == 0 && !bodySoFar.IsEmpty)
            First = now - _asked;
        while (bodySoFar[_scanned..].IndexOf("\n\n"u8) is >= 0 and var length)
        {
            var frame = bodySoFar.Slice(_scanned, length);
            if (frame.StartsWith(Start))
                Take(frame, now);
            _scanned += length + 2;
        }
    }

    private void Take(ReadOnlySpan<byte> frame, long now)
    {
        var at = frame.IndexOf(Delta);
        if (at < 0 || !Utf8Parser.TryParse(frame[(at + Delta.Length)..], out int index, out var digits)
            || !Utf8Parser.TryParse(frame[(at + Delta.Length + digits + 1)..], out long sent, out _))
        {
            InOrder = false;
            return;
        }

        InOrder &= index == Received++;
        if (sent >= from && sent <= until)
            delays.Add(now - sent);
    }
}
