using AiGateway.Telemetry.Prometheus;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AiGateway.Hosting;

/// <summary>What a process measures that has no other pages: the gateway's own meters, Orleans' and the runtime's. Numbers only, without anything of a client's.</summary>
internal static class MetricsPage
{
    private static readonly string[] Meters = ["AiGateway", "Microsoft.Orleans", "System.Runtime"];

    public static void MapMetrics(this IEndpointRouteBuilder endpoints)
    {
        var gathering = new PrometheusGathering(static meter => Array.Exists(Meters, name => meter.Name.StartsWith(name, StringComparison.Ordinal)));
        endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(gathering.Dispose);
        endpoints.MapGet("/metrics", context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return context.Response.WriteAsync(gathering.Render(), context.RequestAborted);
        });
    }
}
