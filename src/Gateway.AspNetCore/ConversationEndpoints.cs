using AiGateway.Hooks;
using AiGateway.Pipeline;
using AiGateway.Pipeline.Conversations;
using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace AiGateway.AspNetCore;

/// <summary>From HTTP to conversations and their items.</summary>
internal sealed class ConversationEndpoints(CallEntry entry, ConversationsHandler conversations, ConversationItemsHandler items)
{
    public void Map(RouteGroupBuilder group, GatewayEndpoints gateway)
    {
        const string One = "/v1/conversations/{id}";
        group.MapPath(gateway, "/v1/conversations", (HttpMethods.Post, CreateAsync));
        group.MapPath(gateway, One, (HttpMethods.Get, FindAsync), (HttpMethods.Post, UpdateAsync), (HttpMethods.Delete, DeleteAsync));
        group.MapPath(gateway, One + "/items", (HttpMethods.Get, ListItemsAsync), (HttpMethods.Post, AppendAsync));
        group.MapPath(gateway, One + "/items/{item_id}", (HttpMethods.Get, FindItemAsync), (HttpMethods.Delete, DeleteItemAsync));
    }

    // All that it takes is optional, and so is a body.
    private Task CreateAsync(HttpContext context) => entry.InvokeAsync(
        context, ApiKind.Responses, conversations.CreateAsync, hasBody: context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true);

    private Task FindAsync(HttpContext context) => CallAsync(context, conversations.FindAsync);

    private Task UpdateAsync(HttpContext context) => CallAsync(context, conversations.UpdateAsync, hasBody: true);

    private Task DeleteAsync(HttpContext context) => CallAsync(context, conversations.DeleteAsync);

    private Task AppendAsync(HttpContext context) => CallAsync(context, items.AppendAsync, hasBody: true);

    private Task ListItemsAsync(HttpContext context) => CallAsync(context, items.ListAsync);

    private Task FindItemAsync(HttpContext context) =>
        CallAsync(context, (call, id, output, cancellationToken) => items.FindAsync(call, id, ItemId(context), output, cancellationToken));

    private Task DeleteItemAsync(HttpContext context) =>
        CallAsync(context, (call, id, output, cancellationToken) => items.DeleteAsync(call, id, ItemId(context), output, cancellationToken));

    private static string ItemId(HttpContext context) => (string)context.Request.RouteValues["item_id"]!;

    private Task CallAsync(HttpContext context, Func<GatewayCall, string, CallOutput, CancellationToken, ValueTask> handle, bool hasBody = false)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return entry.InvokeAsync(context, ApiKind.Responses, (call, output, cancellationToken) => handle(call, id, output, cancellationToken), hasBody);
    }
}
