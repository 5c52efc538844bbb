using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace AiGateway.AspNetCore;

/// <summary>Whether the process lives, and whether it is to be sent calls: it is not while it starts, and no more once it is told to stop.</summary>
internal sealed class HealthEndpoints(IHostApplicationLifetime lifetime, TimeProvider time)
{
    public Task LiveAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, """{"status":"ok"}""");

    public Task ReadyAsync(HttpContext context) =>
        lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested
            ? WriteAsync(context, StatusCodes.Status200OK, """{"status":"ready"}""")
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, """{"status":"not ready"}""");

    private Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.Headers["x-request-id"] = Ids.New(Ids.Request, time);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
