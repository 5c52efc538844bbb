using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;

namespace AiGateway.Pipeline.StoredCompletions;

/// <summary>Serves what is kept of chat: <c>GET /v1/chat/completions</c>, <c>/v1/chat/completions/{id}</c> and its messages.</summary>
internal sealed class CompletionsHandler(ICompletionStore completions, Exchange exchange)
{
    public async ValueTask ListAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        var query = ((ResourceRequest)call.Request).Query;
        var page = ListPage.Read(query, descending: false);
        var backwards = page.Before is not null;
        var filter = CompletionFilter.Read(query);
        var found = await completions.ListAsync(
            new CompletionQuery
            {
                Tenant = call.Tenant,
                Model = filter.Model,
                Metadata = filter.Metadata,
                After = page.After ?? page.Before,
                Limit = page.Limit + 1,
                Descending = page.Descending != backwards,
            },
            cancellationToken);
        if (found.Count == 0 && (page.After ?? page.Before) is { } cursor && await completions.FindAsync(call.Tenant, cursor, cancellationToken) is null)
            throw ListPage.UnknownCursor(backwards ? "before" : "after", cursor);
        var shown = found.Take(page.Limit);
        var list = ListPage.Render([.. backwards ? shown.Reverse() : shown], found.Count > page.Limit, completion => completion.Id, CompletionResource.Write);
        await exchange.WriteAsync(call, list, output, cancellationToken);
    }

    public async ValueTask FindAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken) =>
        await WriteAsync(call, id, await completions.FindAsync(call.Tenant, id, cancellationToken), output, cancellationToken);

    public async ValueTask UpdateAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        var metadata = MetadataUpdate.Read(call);
        await WriteAsync(call, id, await completions.UpdateAsync(call.Tenant, id, metadata, cancellationToken), output, cancellationToken);
    }

    public async ValueTask DeleteAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        if (!await completions.DeleteAsync(call.Tenant, id, cancellationToken))
            throw new GatewayException(GatewayErrors.CompletionNotFound(id));
        await exchange.WriteAsync(call, CompletionResource.RenderDeleted(id), output, cancellationToken);
    }

    public async ValueTask ListMessagesAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        var page = ListPage.Read(((ResourceRequest)call.Request).Query, descending: false);
        var completion = await completions.FindAsync(call.Tenant, id, cancellationToken) ?? throw new GatewayException(GatewayErrors.CompletionNotFound(id));
        using var document = JsonDocument.Parse(completion.Messages, JsonFormat.DocumentOptions);
        var (messages, hasMore) = page.Cut(StoredMessage.Read(id, document.RootElement), message => message.Id);
        var list = ListPage.Render(messages, hasMore, message => message.Id, (json, message) => message.Write(json));
        await exchange.WriteAsync(call, list, output, cancellationToken);
    }

    private ValueTask WriteAsync(GatewayCall call, string id, StoredCompletion? completion, CallOutput output, CancellationToken cancellationToken) =>
        completion is null
            ? throw new GatewayException(GatewayErrors.CompletionNotFound(id))
            : exchange.WriteAsync(call, JsonBytes.Of(json => CompletionResource.Write(json, completion)), output, cancellationToken);
}
