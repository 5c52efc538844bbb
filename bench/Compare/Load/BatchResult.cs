using System.Diagnostics;

namespace AiGateway.Bench.Compare.Load;

/// <summary>How long a number of requests took.</summary>
/// <param name="Count">How many.</param>
/// <param name="Elapsed">All of them.</param>
/// <param name="Sorted">Each of them, in stopwatch ticks.</param>
internal sealed record BatchResult(int Count, TimeSpan Elapsed, long[] Sorted)
{
    /// <summary>Requests a second.</summary>
    public double Rate => Count / Elapsed.TotalSeconds;

    /// <summary>Milliseconds.</summary>
    public double P50 => Statistics.Percentile(Sorted, 0.50) * 1000 / Stopwatch.Frequency;

    /// <summary>Milliseconds.</summary>
    public double P99 => Statistics.Percentile(Sorted, 0.99) * 1000 / Stopwatch.Frequency;
}
