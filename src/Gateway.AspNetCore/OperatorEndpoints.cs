using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Routing;
using AiGateway.Telemetry.Prometheus;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore;

/// <summary>What operators look at: metrics, and how providers do. For callers on this machine, or for those with the key of <see cref="TelemetryOptions.Key"/>.</summary>
internal sealed class OperatorEndpoints(CallEntry entry, GatewayConfiguration configuration, PrometheusMetrics metrics, ModelRegistry registry)
{
    private const string Bearer = "Bearer ";
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Real-IP"];

    public Task MetricsAsync(HttpContext context)
    {
        if (!configuration.Current.Telemetry.Metrics)
            return entry.ErrorAsync(context, GatewayErrors.UnknownUrl(context.Request.Method, context.Request.Path));
        return Refusal(context) is { } refusal
            ? entry.ErrorAsync(context, refusal)
            : WriteAsync(context, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(metrics.Render()));
    }

    public Task ProvidersAsync(HttpContext context) => Refusal(context) is { } refusal
        ? entry.ErrorAsync(context, refusal)
        : WriteAsync(context, "application/json", JsonBytes.Of(Write));

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("providers"u8);
        foreach (var health in registry.Health())
        {
            json.WriteStartObject();
            json.WriteString("name"u8, health.Provider);
            json.WriteBoolean("up"u8, health.IsUp);
            json.WriteString("breaker"u8, health.Breaker);
            json.WriteString("check"u8, health.IsCheckedDown ? "failing" : "passing");
            json.WriteString("elsewhere"u8, health.IsHeardDown ? "failing" : "passing");
            json.WriteNumber("in_flight"u8, health.InFlight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, string contentType, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private GatewayError? Refusal(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
            return GatewayErrors.MethodNotAllowed(context.Request.Method, context.Request.Path, HttpMethods.Get);
        if (configuration.Current.Telemetry.Key is { } key)
            return IsKey(context.Request.Headers.Authorization.ToString(), key) ? null : GatewayErrors.Unauthorized();
        return IsLocal(context) ? null : new GatewayError(
            403, GatewayErrors.InvalidRequestType, "forbidden", "This is for callers on the gateway's own machine, unless Gateway:Telemetry:Key is set.");
    }

    private static bool IsKey(string authorization, string key) =>
        authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Bearer.Length..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    // What a proxy on this machine passes on comes from elsewhere.
    private static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && !Array.Exists(ProxyHeaders, name => context.Request.Headers.ContainsKey(name));
}
