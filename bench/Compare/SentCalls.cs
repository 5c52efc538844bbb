using System.Collections.Concurrent;

namespace AiGateway.Bench.Compare;

/// <summary>How many calls of the lanes a target was sent, warming up included, by path.</summary>
internal sealed class SentCalls
{
    private readonly ConcurrentDictionary<string, long> _paths = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> ByPath => _paths;

    public void Add(Lane lane, int count = 1) => _paths.AddOrUpdate(lane.Path, count, (_, sum) => sum + count);
}
