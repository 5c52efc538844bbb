namespace AiGateway.Configuration;

/// <summary>What can be seen of the gateway, as configured under <c>Gateway:Telemetry</c>. Prompts and answers are in none of it, unless <see cref="CaptureContent"/> says so.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Whether <c>GET /metrics</c> is there, in Prometheus' text format. Default false: then nothing is counted for it.</summary>
    public bool Metrics { get; init; }

    /// <summary>
    /// What <c>/metrics</c> and <c>/health/providers</c> ask for, as <c>Authorization: Bearer</c>. <c>${NAME}</c> takes it from the environment. Null (default): they answer callers on
    /// this machine alone, and nobody who comes through a proxy.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>Whether every call is logged, in one line at Information. Default false.</summary>
    public bool AccessLog { get; init; }

    /// <summary>
    /// Whether prompts and answers of chat and responses are put on the traces of their calls, whole. Default false. They are what people wrote: whoever reads the traces reads it too.
    /// </summary>
    public bool CaptureContent { get; init; }

    /// <summary>
    /// The standalone program: where traces and metrics are sent, by OTLP over gRPC, such as <c>http://localhost:4317</c>. Null (default): as <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its
    /// like say, else nowhere. Read at the start only.
    /// </summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>The settings without the key.</summary>
    /// <returns>A text for logs.</returns>
    public override string ToString() => $"telemetry (metrics {Metrics}, access log {AccessLog})";
}
