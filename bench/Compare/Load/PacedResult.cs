namespace AiGateway.Bench.Compare.Load;

/// <summary>A number of paced streams held at once through one target.</summary>
/// <param name="Streams">Streams that were begun in all: each reader begins another until the time is over.</param>
/// <param name="Lost">Deltas that never came, of all streams.</param>
/// <param name="Broken">Streams that ended without <c>[DONE]</c>, with an error, or out of order.</param>
/// <param name="Late">Deltas that came more than 250 ms after the one before.</param>
/// <param name="MaxGap">Milliseconds between two deltas, the most seen.</param>
/// <param name="FirstP50">Milliseconds from the request to the first delta.</param>
/// <param name="FirstP99">Milliseconds, likewise.</param>
/// <param name="MemoryPeak">Megabytes.</param>
/// <param name="MemoryAfter">Megabytes, two seconds after the last stream.</param>
/// <param name="Fault">The first thing that went wrong, or null.</param>
internal sealed record PacedResult(
    string Target, int Readers, int Streams, long Lost, int Broken, int Late, double MaxGap, double FirstP50, double FirstP99, double MemoryPeak, double MemoryAfter, string? Fault)
{
    public bool IsClean => Streams > 0 && Lost == 0 && Broken == 0 && Late == 0;
}
