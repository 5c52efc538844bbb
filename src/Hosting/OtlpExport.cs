using AiGateway.Configuration;
using AiGateway.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AiGateway.Hosting;

/// <summary>
/// Sends traces and metrics by OTLP where <c>Gateway:Telemetry:OtlpEndpoint</c> or OpenTelemetry's own variables (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its like) say where to. Without them
/// nobody listens, and nothing is paid.
/// </summary>
internal sealed class OtlpExport(GatewayConfiguration configuration, IConfiguration settings) : IHostedService, IDisposable
{
    // The gateway's, and what a cluster's nodes have besides.
    private static readonly string[] Meters = [GatewayMetrics.Name, "AiGateway.Cluster", "Microsoft.Orleans"];
    private static readonly string[] Variables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var endpoint = configuration.Current.Telemetry.OtlpEndpoint;
        if (string.Equals(settings["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
            || (endpoint is null && !Array.Exists(Variables, name => !string.IsNullOrEmpty(settings[name]))))
        {
            return Task.CompletedTask;
        }

        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over this.
        var resource = ResourceBuilder.CreateEmpty().AddService("aigateway", autoGenerateServiceInstanceId: false).AddTelemetrySdk().AddEnvironmentVariableDetector();
        if (Exports("OTEL_TRACES_EXPORTER"))
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(GatewayMetrics.Name).AddOtlpExporter(o => Point(o, endpoint)).Build();
        if (Exports("OTEL_METRICS_EXPORTER"))
            _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter(o => Point(o, endpoint)).Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // When the host is disposed, after the last call: what is measured of it goes out too.
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private bool Exports(string variable) => !string.Equals(settings[variable], "none", StringComparison.OrdinalIgnoreCase);

    private static void Point(OtlpExporterOptions options, string? endpoint)
    {
        if (endpoint is not null)
            options.Endpoint = new Uri(endpoint);
    }
}
