using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AiGateway.Configuration;

namespace AiGateway.Telemetry.Prometheus;

/// <summary>
/// Gathers what the gateway's instruments measure, for <c>GET /metrics</c>; listens only while that is switched on. The exporter that OpenTelemetry has for it is a beta, and brings its SDK
/// along for every embedder.
/// </summary>
public sealed class PrometheusMetrics : IDisposable
{
    // Model names may come from clients: what goes beyond this is counted together.
    private const int MaxSeries = 2000;
    private static readonly SeriesKey Overflow = new([new("overflow", "true")]);

    private readonly GatewayMetrics _metrics;
    private readonly IDisposable _listening;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Instrument, Gathered> _gathered = new();
    private MeterListener? _listener;

    /// <summary>Begins to follow the settings.</summary>
    /// <param name="metrics">The instruments.</param>
    /// <param name="configuration">The settings.</param>
    public PrometheusMetrics(GatewayMetrics metrics, GatewayConfiguration configuration)
    {
        _metrics = metrics;
        _listening = configuration.OnChange(Follow);
        Follow(configuration.Current);
    }

    /// <summary>Writes everything in Prometheus' text format, version 0.0.4.</summary>
    /// <returns>The text; empty while it is switched off.</returns>
    public string Render()
    {
        var text = new PrometheusText();
        lock (_gate)
        {
            if (_listener is null)
                return "";
            foreach (var gathered in _gathered.Values)
                gathered.Gauges.Clear();
            _listener.RecordObservableInstruments();
            foreach (var (instrument, gathered) in _gathered.OrderBy(g => g.Key.Name, StringComparer.Ordinal))
                text.Write(instrument, gathered.Bounds, gathered.Series, gathered.Gauges);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listening.Dispose();
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    private void Follow(GatewayOptions options)
    {
        lock (_gate)
        {
            if (options.Telemetry.Metrics == _listener is not null)
                return;
            if (_listener is { } listener)
            {
                listener.Dispose();
                _listener = null;
                _gathered.Clear();
                return;
            }

            _listener = new MeterListener
            {
                InstrumentPublished = (instrument, listening) =>
                {
                    if (ReferenceEquals(instrument.Meter, _metrics.Meter))
                        listening.EnableMeasurementEvents(instrument, _gathered.GetOrAdd(instrument, static i => new Gathered(BoundsOf(i))));
                },
            };
            _listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, state) => ((Gathered)state!).Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>(static (instrument, value, tags, state) => ((Gathered)state!).Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>(static (instrument, value, tags, state) => ((Gathered)state!).Add(instrument, value, tags));
            _listener.Start();
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => [.. histogram.Advice?.HistogramBucketBoundaries ?? []],
        Histogram<long> histogram => [.. (histogram.Advice?.HistogramBucketBoundaries ?? []).Select(bound => (double)bound)],
        _ => [],
    };

    private sealed class Gathered(double[] bounds)
    {
        public double[] Bounds => bounds;

        public ConcurrentDictionary<SeriesKey, Series> Series { get; } = new();

        /// <summary>What observable instruments say now.</summary>
        public List<(SeriesKey Key, double Value)> Gauges { get; } = [];

        public void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = new SeriesKey(tags.ToArray());
            if (instrument.IsObservable)
            {
                Gauges.Add((key, value));
                return;
            }

            if (!Series.TryGetValue(key, out var series))
                series = Series.GetOrAdd(Series.Count < MaxSeries ? key : Overflow, _ => new Series(bounds));
            series.Add(value);
        }
    }
}
