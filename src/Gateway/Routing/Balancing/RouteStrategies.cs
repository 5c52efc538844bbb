namespace AiGateway.Routing.Balancing;

/// <summary>The names of strategies in settings.</summary>
internal static class RouteStrategies
{
    private static readonly Dictionary<string, RouteStrategy> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["priority"] = RouteStrategy.Priority,
        ["round-robin"] = RouteStrategy.RoundRobin,
        ["weighted"] = RouteStrategy.Weighted,
        ["least-in-flight"] = RouteStrategy.LeastInFlight,
        ["lowest-latency"] = RouteStrategy.LowestLatency,
    };

    /// <summary>Every name.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Reads a name.</summary>
    /// <param name="name">The setting.</param>
    /// <returns>The strategy; null where there is none of that name.</returns>
    public static RouteStrategy? Find(string name) => ByName.TryGetValue(name, out var strategy) ? strategy : null;
}
