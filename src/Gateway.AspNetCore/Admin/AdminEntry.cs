using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Pipeline;
using AiGateway.Protocol;
using AiGateway.Tenants;
using AiGateway.Tenants.Administration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Admin;

/// <summary>
/// The way into the admin API: it is not there without a key of its own, or on another port than its own; then it asks for that key. None of its requests is a
/// call: nothing of them is metered, shown to hooks, or logged but for faults.
/// </summary>
internal sealed partial class AdminEntry(GatewayConfiguration configuration, TimeProvider time, ILogger<AdminEntry> logger)
{
    private const long LargestBody = 1024 * 1024;

    private readonly FailedAttempts _failed = new(time);

    /// <summary>Serves a request that is answered with JSON.</summary>
    /// <param name="context">The request.</param>
    /// <param name="handle">Answers it.</param>
    public Task InvokeAsync(HttpContext context, Func<CancellationToken, ValueTask<JsonObject>> handle) =>
        InvokeAsync(context, async (output, cancellationToken) =>
        {
            var answer = await handle(cancellationToken);
            var body = Encoding.UTF8.GetBytes(answer.ToJsonString(JsonFormat.SerializerOptions));
            context.Response.Headers.CacheControl = "no-store";
            await output.Start(200, "application/json", body.Length).WriteAsync(body, cancellationToken);
        });

    /// <summary>Serves a request with a body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="handle">Answers it.</param>
    public Task InvokeAsync(HttpContext context, Func<AdminBody, CancellationToken, ValueTask<JsonObject>> handle) =>
        InvokeAsync(context, async cancellationToken =>
        {
            var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
            return await handle(new AdminBody(hasBody ? await RequestBody.ReadAsync(context.Request, LargestBody, cancellationToken) : default), cancellationToken);
        });

    /// <summary>Serves a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="handle">Answers it.</param>
    public async Task InvokeAsync(HttpContext context, Func<CallOutput, CancellationToken, ValueTask> handle)
    {
        var id = Ids.New(Ids.Request, time);
        context.Response.Headers["x-request-id"] = id;
        var output = new HttpCallOutput(context.Response);
        try
        {
            Authenticate(context);
            await handle(output, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // There is nobody to tell.
        }
        catch (Exception e)
        {
            var error = GatewayPipeline.ErrorOf(e);
            if (error.Status >= 500)
                LogFailed(e, id);
            if (!output.HasStarted)
                await GatewayPipeline.WriteErrorAsync(error, output, context.RequestAborted);
        }
    }

    private void Authenticate(HttpContext context)
    {
        var admin = configuration.Current.Admin;
        if (admin.Key is not { } key || (admin.Port is { } port && context.Connection.LocalPort != port))
            throw new GatewayException(GatewayErrors.UnknownUrl(context.Request.Method, context.Request.Path));
        var from = context.Connection.RemoteIpAddress;
        if (_failed.Slows(from) is { } wait)
            throw new GatewayException(GatewayErrors.TooManyAttempts(wait));
        var sent = new GatewayCall("", ApiKind.None, new HttpCallHeaders(context.Request.Headers)).ApiKey;
        if (sent is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent)), SHA256.HashData(Encoding.UTF8.GetBytes(key))))
            return;
        if (sent is not null)
            _failed.Add(from);
        throw new GatewayException(GatewayErrors.Unauthorized("The admin API asks for its own key (Gateway:Admin:Key), in an Authorization header: Authorization: Bearer ADMIN_KEY."));
    }

    [LoggerMessage(6001, LogLevel.Error, "The admin request {RequestId} failed.")]
    private partial void LogFailed(Exception exception, string requestId);
}
