namespace AiGateway.Routing;

/// <summary>Chance, for balancing by lot and for the jitter of pauses.</summary>
/// <param name="seed">Makes it the same each time, for tests; null for chance.</param>
internal sealed class RandomSource(int? seed = null)
{
    private readonly Random? _seeded = seed is { } value ? new Random(value) : null;
    private readonly Lock _gate = new();

    /// <summary>A number from 0 to below 1.</summary>
    public double Next()
    {
        if (_seeded is null)
            return Random.Shared.NextDouble();
        lock (_gate)
            return _seeded.NextDouble();
    }
}
