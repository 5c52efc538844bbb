namespace AiGateway.Bench.Compare.Cluster;

/// <summary>A number of paced responses held at once through one side, in one round.</summary>
/// <param name="Responses">Of those begun within the counted time, how many.</param>
/// <param name="Events">Text deltas that were timed.</param>
/// <param name="FirstP50">Milliseconds from asking to the first event.</param>
/// <param name="FirstP99">Milliseconds, likewise.</param>
/// <param name="DelayP50">Milliseconds from the provider's sending of a delta to the client's having it.</param>
/// <param name="DelayP99">Milliseconds, likewise.</param>
/// <param name="Cores">What the side's processes used: the gateway; or the frontend, the silos and Redis.</param>
/// <param name="Fault">Why it does not count, or null.</param>
internal sealed record TimedResult(
    int Responses, int Events, double FirstP50, double FirstP99, double DelayP50, double DelayP99, IReadOnlyList<double> Cores, string? Fault);
