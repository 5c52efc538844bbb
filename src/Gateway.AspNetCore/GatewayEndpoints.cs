using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore;

/// <summary>From HTTP to the pipeline: one method an endpoint.</summary>
internal sealed class GatewayEndpoints(CallEntry entry)
{
    public Task ChatCompletionsAsync(HttpContext context) => CallAsync(context, ApiKind.Chat, static body => new ChatRequest(body));

    public Task ResponsesAsync(HttpContext context) => CallAsync(context, ApiKind.Responses, static body => new ResponsesRequest(body));

    public Task EmbeddingsAsync(HttpContext context) => CallAsync(context, ApiKind.Embeddings, static body => new EmbeddingsRequest(body));

    public Task ImagesAsync(HttpContext context) => CallAsync(context, ApiKind.Images, static body => new ImagesRequest(body));

    public Task ModelsAsync(HttpContext context) =>
        entry.InvokeAsync(context, ApiKind.Models, static _ => new((GatewayRequest)new ModelsRequest()));

    public Task ModelAsync(HttpContext context)
    {
        // A model's name may hold slashes, and an escaped slash stays escaped in a route value.
        var id = Uri.UnescapeDataString((string)context.Request.RouteValues["id"]!);
        return entry.InvokeAsync(context, ApiKind.Models, _ => new((GatewayRequest)new ModelsRequest(id)));
    }

    /// <summary>Answers a path that is an endpoint, by a method that it does not have.</summary>
    public Func<HttpContext, Task> MethodNotAllowed(string allow) => context =>
        entry.ErrorAsync(context, GatewayErrors.MethodNotAllowed(context.Request.Method, context.Request.Path, allow));

    /// <summary>Answers a path that is no endpoint.</summary>
    public Task UnknownUrlAsync(HttpContext context) =>
        entry.ErrorAsync(context, GatewayErrors.UnknownUrl(context.Request.Method, context.Request.Path));

    private Task CallAsync(HttpContext context, ApiKind api, Func<ReadOnlyMemory<byte>, GatewayRequest> wrap) =>
        entry.InvokeAsync(context, api, async cancellationToken => wrap(await entry.ReadBodyAsync(context, cancellationToken)));
}
