using System.Diagnostics.Metrics;

namespace AiGateway.Telemetry;

/// <summary>Something with a meter of its own that <c>GET /metrics</c> is to tell of, besides the gateway's. Registered as a service, as often as there are some.</summary>
public interface IMetered
{
    /// <summary>Its meter.</summary>
    Meter Meter { get; }
}
