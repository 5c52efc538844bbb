using System.Diagnostics.Metrics;

namespace AiGateway.Grains.Silos;

/// <summary>What a node of a cluster measures, under the meter <c>AiGateway.Cluster</c>.</summary>
internal sealed class ClusterMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "AiGateway.Cluster";

    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _redis;
    private readonly Counter<long> _redisFailures;
    private readonly Counter<long> _recovered;
    private readonly Histogram<double> _streamLag;
    private readonly UpDownCounter<long> _activations;

    public ClusterMetrics()
    {
        _redis = _meter.CreateHistogram<double>("aigateway.redis.duration", "s", "How long a call to Redis took.");
        _redisFailures = _meter.CreateCounter<long>("aigateway.redis.failures", "{call}", "Calls that Redis did not answer, or refused.");
        _recovered = _meter.CreateCounter<long>("aigateway.runs.recovered", "{response}", "Responses taken over from a process that ended.");
        _streamLag = _meter.CreateHistogram<double>("aigateway.stream.lag", "s", "From an event's being kept to its being on its stream.");
        _activations = _meter.CreateUpDownCounter<long>("aigateway.grains", "{grain}", "Responses' grains that are active here.");
    }

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

    public void Dispose() => _meter.Dispose();
}
