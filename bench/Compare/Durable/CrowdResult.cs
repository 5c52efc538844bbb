namespace AiGateway.Bench.Compare.Durable;

/// <summary>Many streams that began at the same time.</summary>
/// <param name="Elapsed">From the first request to the last end.</param>
/// <param name="FirstP50">Milliseconds to the first byte.</param>
/// <param name="FirstMax">Milliseconds, of the last to get one.</param>
/// <param name="TextP50">Milliseconds to the first text.</param>
/// <param name="TextP99">Milliseconds, likewise.</param>
/// <param name="LastP50">Milliseconds to the terminal event.</param>
/// <param name="Lost">Deltas that did not come.</param>
/// <param name="MemoryBefore">Megabytes.</param>
/// <param name="MemoryPeak">Megabytes.</param>
/// <param name="MemoryAfter">Megabytes, a second after the last end.</param>
/// <param name="Ids">The ids of the responses; empty for chat.</param>
internal sealed record CrowdResult(
    TimeSpan Elapsed,
    double FirstP50,
    double FirstMax,
    double TextP50,
    double TextP99,
    double LastP50,
    int Lost,
    double MemoryBefore,
    double MemoryPeak,
    double MemoryAfter,
    IReadOnlyList<string> Ids);
