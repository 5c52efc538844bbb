namespace AiGateway.Telemetry.Prometheus;

/// <summary>One series of an instrument.</summary>
/// <param name="bounds">A histogram's upper bounds; empty for any other.</param>
internal sealed class Series(double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _sum;
    private double _last;
    private long _count;

    public void Add(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;
        lock (_gate)
        {
            _sum += value;
            _last = value;
            _count++;
            _buckets[bucket]++;
        }
    }

    /// <summary>How it stands.</summary>
    /// <returns>The sum, the last value, the number of values, and how many are up to each bound.</returns>
    public (double Sum, double Last, long Count, long[] UpTo) Read()
    {
        lock (_gate)
        {
            var upTo = new long[bounds.Length];
            var all = 0L;
            for (var i = 0; i < bounds.Length; i++)
                upTo[i] = all += _buckets[i];
            return (_sum, _last, _count, upTo);
        }
    }
}
