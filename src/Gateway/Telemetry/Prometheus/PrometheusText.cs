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
        Instrument instrument, SeriesKind kind, double[] bounds, ConcurrentDictionary<SeriesKey, Series> series, IReadOnlyList<(SeriesKey Key, double Value)> observed)
    {
        if (series.IsEmpty && observed.Count == 0)
            return;
        var name = NameOf(instrument, kind);
        _text.Append("# HELP ").Append(name).Append(' ').Append(instrument.Description).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(kind switch
        {
            SeriesKind.Histogram => bounds.Length > 0 ? " histogram\n" : " summary\n",
            SeriesKind.Counter => " counter\n",
            _ => " gauge\n",
        });
        foreach (var (key, value) in observed)
            Line(name, key, null, value);
        foreach (var (key, one) in series)
        {
            var (sum, last, count, upTo) = one.Read();
            if (kind != SeriesKind.Histogram)
            {
                Line(name, key, null, kind == SeriesKind.Gauge ? last : sum);
                continue;
            }

            for (var i = 0; i < bounds.Length; i++)
                Line(name + "_bucket", key, Number(bounds[i]), upTo[i]);
            if (bounds.Length > 0)
                Line(name + "_bucket", key, "+Inf", count);
            Line(name + "_sum", key, null, sum);
            Line(name + "_count", key, null, count);
        }
    }

    public override string ToString() => _text.ToString();

    // Dots and the like become underscores, the unit of a time is said, and a counter says that it is a total.
    private static string NameOf(Instrument instrument, SeriesKind kind)
    {
        var name = Plain(instrument.Name);
        if (instrument.Unit == "s")
            name += "_seconds";
        return kind == SeriesKind.Counter ? name + "_total" : name;
    }

    private static string Plain(string name) => string.Create(name.Length, name, static (plain, name) =>
    {
        for (var i = 0; i < plain.Length; i++)
            plain[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
    });

    private void Line(string name, SeriesKey key, string? le, double value)
    {
        _text.Append(name);
        var separator = '{';
        foreach (var (label, text) in key.Tags)
            Label(Plain(label), Convert.ToString(text, CultureInfo.InvariantCulture) ?? "", ref separator);
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
