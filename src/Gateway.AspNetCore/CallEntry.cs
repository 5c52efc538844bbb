using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Pipeline;
using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore;

/// <summary>Where HTTP requests become calls of the pipeline: each gets its id here and is counted.</summary>
internal sealed class CallEntry(GatewayPipeline pipeline, GatewayConfiguration configuration, CallGauge calls, TimeProvider time)
{
    /// <summary>Serves a request that asks a model.</summary>
    /// <param name="context">The HTTP request.</param>
    /// <param name="api">The API family.</param>
    /// <param name="readRequest">Reads the request.</param>
    public Task InvokeAsync(HttpContext context, ApiKind api, Func<CancellationToken, ValueTask<GatewayRequest>> readRequest) =>
        CallAsync(context, api, (call, output) => pipeline.InvokeAsync(call, readRequest, output, context.RequestAborted));

    /// <summary>Serves a request that asks a model, other than in the way of its API family.</summary>
    /// <param name="context">The HTTP request.</param>
    /// <param name="api">The API family.</param>
    /// <param name="wrap">Makes the request of its body.</param>
    /// <param name="handle">Answers it.</param>
    public Task InvokeAsync(
        HttpContext context,
        ApiKind api,
        Func<ReadOnlyMemory<byte>, GatewayRequest> wrap,
        Func<GatewayCall, CallOutput, CancellationToken, ValueTask> handle) =>
        CallAsync(context, api, (call, output) => pipeline.InvokeAsync(
            call, async cancellationToken => wrap(await ReadBodyAsync(context, cancellationToken)), handle, output, context.RequestAborted));

    /// <summary>Serves a request for something that is kept.</summary>
    /// <param name="context">The HTTP request.</param>
    /// <param name="api">The API family.</param>
    /// <param name="handle">Answers it; the call's request is a <see cref="ResourceRequest"/>.</param>
    /// <param name="hasBody">Whether a JSON body is to be read.</param>
    public Task InvokeAsync(
        HttpContext context, ApiKind api, Func<GatewayCall, CallOutput, CancellationToken, ValueTask> handle, bool hasBody = false) =>
        CallAsync(context, api, (call, output) => pipeline.InvokeAsync(
            call,
            async cancellationToken => new ResourceRequest(
                api,
                context.Request.Method,
                context.Request.Path,
                [.. context.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))],
                hasBody ? await ReadBodyAsync(context, cancellationToken) : default),
            handle,
            output,
            context.RequestAborted));

    /// <summary>Reads a request's body, within the configured bound.</summary>
    /// <param name="context">The HTTP request.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context, CancellationToken cancellationToken) =>
        RequestBody.ReadAsync(context.Request, configuration.Current.MaxRequestBodyBytes, cancellationToken);

    /// <summary>Answers a request that is no call.</summary>
    /// <param name="context">The HTTP request.</param>
    /// <param name="error">The error.</param>
    public async Task ErrorAsync(HttpContext context, GatewayError error)
    {
        context.Response.Headers["x-request-id"] = Ids.New(Ids.Request, time);
        await GatewayPipeline.WriteErrorAsync(error, new HttpCallOutput(context.Response), context.RequestAborted);
    }

    private async Task CallAsync(HttpContext context, ApiKind api, Func<GatewayCall, CallOutput, ValueTask> invoke)
    {
        var id = Ids.New(Ids.Request, time);
        context.Response.Headers["x-request-id"] = id;
        calls.Begin();
        try
        {
            await invoke(new GatewayCall(id, api, new HttpCallHeaders(context.Request.Headers), time) { RemoteAddress = context.Connection.RemoteIpAddress }, new HttpCallOutput(context.Response));
        }
        catch (OperationCanceledException)
        {
            // The client left: there is nobody to tell.
        }
        finally
        {
            calls.End();
        }
    }
}
