using AiGateway.Configuration;

namespace AiGateway.Telemetry.Prometheus;

/// <summary>What the gateway's instruments measure, for <c>GET /metrics</c>; listens only while that is switched on.</summary>
public sealed class PrometheusMetrics : IDisposable
{
    private readonly HashSet<System.Diagnostics.Metrics.Meter> _meters;
    private readonly IDisposable _listening;
    private readonly Lock _gate = new();
    private PrometheusGathering? _gathering;

    /// <summary>Begins to follow the settings.</summary>
    /// <param name="metrics">The instruments.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="others">Whose instruments are told of besides; null for nobody's.</param>
    public PrometheusMetrics(GatewayMetrics metrics, GatewayConfiguration configuration, IEnumerable<IMetered>? others = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(configuration);
        _meters = [metrics.Meter, .. (others ?? []).Select(other => other.Meter)];
        _listening = configuration.OnChange(Follow);
        Follow(configuration.Current);
    }

    /// <summary>Writes everything in Prometheus' text format, version 0.0.4.</summary>
    /// <returns>The text; empty while it is switched off.</returns>
    public string Render()
    {
        lock (_gate)
            return _gathering?.Render() ?? "";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listening.Dispose();
        lock (_gate)
            End();
    }

    private void Follow(GatewayOptions options)
    {
        lock (_gate)
        {
            if (!options.Telemetry.Metrics)
                End();
            else
                _gathering ??= new PrometheusGathering(_meters.Contains);
        }
    }

    private void End()
    {
        _gathering?.Dispose();
        _gathering = null;
    }
}
