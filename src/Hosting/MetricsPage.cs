using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AiGateway.Hosting;

/// <summary>
/// What this process measures, as Prometheus reads it: its own meters and Orleans'. Histograms are told as count and sum. Numbers only, without anything of a client's.
/// </summary>
internal sealed class MetricsPage : IDisposable
{
    private static readonly string[] Meters = ["AiGateway", "Microsoft.Orleans", "System.Runtime"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Tags), Reading> _readings = new();

    public MetricsPage()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Array.Exists(Meters, name => instrument.Meter.Name.StartsWith(name, StringComparison.Ordinal)))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(Note);
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, state) => Note(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Note(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Note(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, state) => Note(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, state) => Note(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, state) => Note(instrument, (double)value, tags, state));
        _listener.Start();
    }

    /// <summary>The page.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in _readings.GroupBy(r => r.Key.Instrument).OrderBy(g => g.Key.Name, StringComparer.Ordinal))
        {
            var name = Name(group.Key.Name);
            var isSum = IsSum(group.Key);
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(IsHistogram(group.Key) ? "summary" : isSum && !IsUpDown(group.Key) ? "counter" : "gauge")}\n");
            foreach (var ((_, tags), reading) in group)
            {
                if (IsHistogram(group.Key))
                    text.Append(CultureInfo.InvariantCulture, $"{name}_count{tags} {reading.Count}\n{name}_sum{tags} {reading.Sum:R}\n");
                else
                    text.Append(CultureInfo.InvariantCulture, $"{name}{tags} {(isSum ? reading.Sum : reading.Last):R}\n");
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var reading = _readings.GetOrAdd((instrument, Labels(tags)), _ => new Reading());
        lock (reading)
        {
            reading.Count++;
            reading.Sum += value;
            reading.Last = value;
        }
    }

    private static bool IsHistogram(Instrument instrument) => instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);

    private static bool IsUpDown(Instrument instrument) => instrument.GetType().Name.StartsWith("UpDownCounter", StringComparison.Ordinal);

    // An observable counter tells its sum by itself.
    private static bool IsSum(Instrument instrument) => !instrument.IsObservable && !instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);

    private static string Name(string name) => string.Create(name.Length, name, static (span, from) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
    });

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
            return "";
        var labels = new StringBuilder("{");
        foreach (var (name, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.Append(labels.Length > 1 ? "," : "").Append(Name(name)).Append("=\"")
                .Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return labels.Append('}').ToString();
    }

    private sealed class Reading
    {
        public long Count { get; set; }

        public double Sum { get; set; }

        public double Last { get; set; }
    }
}

/// <summary>Maps the page.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder endpoints)
    {
        var page = new MetricsPage();
        endpoints.MapGet("/metrics", context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return context.Response.WriteAsync(page.Write(), context.RequestAborted);
        });
    }
}
