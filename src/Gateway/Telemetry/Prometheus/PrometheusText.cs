using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace AiGateway.Telemetry.Prometheus;

/// <summary>Writes series as Prometheus reads them (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>Writes an instrument's series; nothing where there are none.</summary>
    public void Write(
        Instrument instrument, double[] bounds, ConcurrentDictionary<SeriesKey, Series> series, IReadOnlyList<(SeriesKey Key, double Value)> gauges)
    {
        var isHistogram = bounds.Length > 0;
        var name = NameOf(instrument, isHistogram);
        if (series.IsEmpty && gauges.Count == 0)
            return;
        _text.Append("# HELP ").Append(name).Append(' ').Append(instrument.Description).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(isHistogram ? " histogram\n" : instrument.IsObservable ? " gauge\n" : " counter\n");
        foreach (var (key, value) in gauges)
            Line(name, key, null, value);
        foreach (var (key, one) in series)
        {
            var (sum, count, upTo) = one.Read();
            if (!isHistogram)
            {
                Line(name, key, null, sum);
                continue;
            }

            for (var i = 0; i < bounds.Length; i++)
                Line(name + "_bucket", key, Number(bounds[i]), upTo[i]);
            Line(name + "_bucket", key, "+Inf", count);
            Line(name + "_sum", key, null, sum);
            Line(name + "_count", key, null, count);
        }
    }

    public override string ToString() => _text.ToString();

    // Dots become underscores, the unit of a time is said, and a counter says that it is a total.
    private static string NameOf(Instrument instrument, bool isHistogram)
    {
        var name = instrument.Name.Replace('.', '_');
        if (instrument.Unit == "s")
            name += "_seconds";
        return isHistogram || instrument.IsObservable ? name : name + "_total";
    }

    private void Line(string name, SeriesKey key, string? le, double value)
    {
        _text.Append(name);
        var separator = '{';
        foreach (var (label, text) in key.Tags)
            Label(label.Replace('.', '_'), Convert.ToString(text, CultureInfo.InvariantCulture) ?? "", ref separator);
        if (le is not null)
            Label("le", le, ref separator);
        if (separator == ',')
            _text.Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private void Label(string name, string value, ref char separator)
    {
        _text.Append(separator).Append(name).Append("=\"");
        separator = ',';
        foreach (var c in value.Length > 200 ? value.AsSpan(0, 200) : value)
            _ = c switch
            {
                '\\' => _text.Append(@"\\"),
                '"' => _text.Append("\\\""),
                '\n' => _text.Append(@"\n"),
                _ => _text.Append(char.IsControl(c) ? '?' : c),
            };
        _text.Append('"');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
