using System.Diagnostics.Metrics;

namespace AiGateway.Telemetry.Prometheus;

/// <summary>What Prometheus takes a series for.</summary>
internal enum SeriesKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down, told by its changes.</summary>
    Level,

    /// <summary>Goes up and down, told as it is.</summary>
    Gauge,

    /// <summary>Values in buckets; without bounds, their sum and number.</summary>
    Histogram,
}

/// <summary>Which kind an instrument's series are.</summary>
internal static class SeriesKinds
{
    public static SeriesKind Of(Instrument instrument)
    {
        var type = instrument.GetType() is { IsGenericType: true } generic ? generic.GetGenericTypeDefinition() : null;
        return type == typeof(Histogram<>) ? SeriesKind.Histogram
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? SeriesKind.Counter
            : type == typeof(UpDownCounter<>) ? SeriesKind.Level
            : SeriesKind.Gauge;
    }
}
