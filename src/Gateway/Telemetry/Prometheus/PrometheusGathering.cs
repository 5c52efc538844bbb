using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AiGateway.Telemetry.Prometheus;

/// <summary>
/// Gathers what instruments measure, from its creation until it is disposed, and writes it as Prometheus reads it. The exporter that OpenTelemetry has for it is a beta, and brings its SDK
/// along for every embedder.
/// </summary>
public sealed class PrometheusGathering : IDisposable
{
    // Model names may come from clients: what goes beyond this is counted together.
    private const int MaxSeries = 2000;
    private static readonly SeriesKey Overflow = new([new("overflow", "true")]);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Instrument, Gathered> _gathered = new();
    private readonly MeterListener _listener;

    /// <summary>Begins to gather.</summary>
    /// <param name="includes">Whose instruments.</param>
    public PrometheusGathering(Func<Meter, bool> includes)
    {
        ArgumentNullException.ThrowIfNull(includes);
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (includes(instrument.Meter))
                    listening.EnableMeasurementEvents(instrument, _gathered.GetOrAdd(instrument, static i => new Gathered(i)));
            },
            MeasurementsCompleted = (instrument, state) => _gathered.TryRemove(instrument, out _),
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => ((Gathered)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => ((Gathered)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((Gathered)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((Gathered)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => ((Gathered)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((Gathered)state!).Add(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => ((Gathered)state!).Add((double)value, tags));
        _listener.Start();
    }

    /// <summary>Writes everything in Prometheus' text format, version 0.0.4.</summary>
    /// <returns>The text.</returns>
    public string Render()
    {
        var text = new PrometheusText();
        lock (_gate)
        {
            foreach (var gathered in _gathered.Values)
                gathered.Observed.Clear();
            _listener.RecordObservableInstruments();
            foreach (var (instrument, gathered) in _gathered.OrderBy(g => g.Key.Name, StringComparer.Ordinal))
                text.Write(instrument, gathered.Kind, gathered.Bounds, gathered.Series, gathered.Observed);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private sealed class Gathered
    {
        private readonly bool _isObservable;

        public Gathered(Instrument instrument)
        {
            (Kind, _isObservable) = (SeriesKinds.Of(instrument), instrument.IsObservable);
            Bounds = instrument switch
            {
                Histogram<double> histogram => [.. histogram.Advice?.HistogramBucketBoundaries ?? []],
                Histogram<long> histogram => [.. (histogram.Advice?.HistogramBucketBoundaries ?? []).Select(bound => (double)bound)],
                _ => [],
            };
        }

        public SeriesKind Kind { get; }

        public double[] Bounds { get; }

        public ConcurrentDictionary<SeriesKey, Series> Series { get; } = new();

        /// <summary>What observable instruments say now.</summary>
        public List<(SeriesKey Key, double Value)> Observed { get; } = [];

        public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = new SeriesKey(tags.ToArray());
            if (_isObservable)
            {
                Observed.Add((key, value));
                return;
            }

            if (!Series.TryGetValue(key, out var series))
                series = Series.GetOrAdd(Series.Count < MaxSeries ? key : Overflow, _ => new Series(Bounds));
            series.Add(value);
        }
    }
}
