using AiGateway.Hooks;
using AiGateway.Pipeline;
using AiGateway.Pipeline.StoredCompletions;
using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AiGateway.AspNetCore;

/// <summary>From HTTP to chat completions, made and kept.</summary>
internal sealed class CompletionEndpoints(CallEntry entry, CompletionsHandler completions)
{
    public void Map(RouteGroupBuilder group, GatewayEndpoints gateway)
    {
        const string All = "/v1/chat/completions";
        group.MapPath(gateway, All, (HttpMethods.Get, ListAsync), (HttpMethods.Post, gateway.ChatCompletionsAsync));
        group.MapPath(gateway, All + "/{id}", (HttpMethods.Get, FindAsync), (HttpMethods.Post, UpdateAsync), (HttpMethods.Delete, DeleteAsync));
        group.MapPath(gateway, All + "/{id}/messages", (HttpMethods.Get, ListMessagesAsync));
    }

    private Task ListAsync(HttpContext context) => entry.InvokeAsync(context, ApiKind.Chat, completions.ListAsync);

    private Task FindAsync(HttpContext context) => CallAsync(context, completions.FindAsync);

    private Task UpdateAsync(HttpContext context) => CallAsync(context, completions.UpdateAsync, hasBody: true);

    private Task DeleteAsync(HttpContext context) => CallAsync(context, completions.DeleteAsync);

    private Task ListMessagesAsync(HttpContext context) => CallAsync(context, completions.ListMessagesAsync);

    private Task CallAsync(HttpContext context, Func<GatewayCall, string, CallOutput, CancellationToken, ValueTask> handle, bool hasBody = false)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return entry.InvokeAsync(context, ApiKind.Chat, (call, output, cancellationToken) => handle(call, id, output, cancellationToken), hasBody);
    }
}
