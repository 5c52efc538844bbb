using System.Diagnostics.Metrics;
using AiGateway.Telemetry;

namespace AiGateway.Grains.Silos;

/// <summary>What a node of a cluster measures, under the meter <c>AiGateway.Cluster</c>.</summary>
internal sealed class ClusterMetrics : IMetered, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "AiGateway.Cluster";

    private static readonly double[] Seconds = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096];

    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _redis;
    private readonly Counter<long> _redisFailures;
    private readonly Counter<long> _recovered;
    private readonly Histogram<double> _streamLag;
    private readonly UpDownCounter<long> _activations;

    public ClusterMetrics()
    {
        _redis = Histogram("aigateway.redis.duration", "How long a call to Redis took.");
        _redisFailures = _meter.CreateCounter<long>("aigateway.redis.failures", "{call}", "Calls that Redis did not answer, or refused.");
        _recovered = _meter.CreateCounter<long>("aigateway.runs.recovered", "{response}", "Responses taken over from a process that ended.");
        _streamLag = Histogram("aigateway.stream.lag", "From an event's being kept to its being on its stream.");
        _activations = _meter.CreateUpDownCounter<long>("aigateway.grains", "{grain}", "Responses' grains that are active here.");
    }

    /// <inheritdoc/>
    public Meter Meter => _meter;

    public void RedisCall(TimeSpan duration, bool failed)
    {
        _redis.Record(duration.TotalSeconds);
        if (failed)
            _redisFailures.Add(1);
    }

    public void Recovered() => _recovered.Add(1);

    public void Streamed(TimeSpan lag) => _streamLag.Record(lag.TotalSeconds);

    public void Activated(int change) => _activations.Add(change);

    /// <summary>Shows how many responses run and wait here.</summary>
    public void Watch(Func<int> running, Func<int> waiting)
    {
        _meter.CreateObservableGauge("aigateway.runs.running", running, "{response}", "Background responses that run here.");
        _meter.CreateObservableGauge("aigateway.runs.waiting", waiting, "{response}", "Background responses that wait here for their turn.");
    }

    /// <summary>Shows what this process holds of limits that no call uses.</summary>
    public void WatchLeases(Func<IEnumerable<Measurement<long>>> slack) =>
        _meter.CreateObservableGauge("aigateway.lease.slack", slack, null, "What this process was handed out of the cluster's limits, by scope and unit, and no call uses now.");

    public void Dispose() => _meter.Dispose();

    private Histogram<double> Histogram(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
}
