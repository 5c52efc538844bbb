using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline.Conversations;

/// <summary>Serves <c>/v1/conversations/{id}/items</c> and <c>/v1/conversations/{id}/items/{item_id}</c> (<c>spec/responses.md</c> §14).</summary>
internal sealed class ConversationItemsHandler(IConversationStore conversations, NewItems newItems, Exchange exchange)
{
    public async ValueTask AppendAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        var include = IncludeParser.Read(QueryOf(call));
        using var document = RequestDocument.Parse(call.Request.Utf8);
        if (await conversations.FindAsync(call.Tenant, id, cancellationToken) is null)
            throw new GatewayException(GatewayErrors.ConversationNotFound(id));
        var items = await newItems.ReadAsync(new FieldReader(document.RootElement, default), call.Tenant, id, cancellationToken);
        try
        {
            if (!await conversations.AppendAsync(call.Tenant, id, items, cancellationToken))
                throw new GatewayException(GatewayErrors.ConversationNotFound(id));
        }
        catch (DuplicateItemException e)
        {
            throw NewItems.Duplicate(items, e);
        }

        await WriteListAsync(call, items, hasMore: false, include, output, cancellationToken);
    }

    public async ValueTask ListAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        var include = IncludeParser.Read(QueryOf(call));
        var page = ListPage.Read(QueryOf(call), descending: true);
        var backwards = page.Before is not null;
        var cursor = await PlaceAsync(call, id, page, cancellationToken);

        // The page before an item is the one behind it the other way round. One more than asked for tells whether there are more.
        var found = await conversations.ItemsAsync(call.Tenant, id, cursor, page.Limit + 1, page.Descending != backwards, cancellationToken)
            ?? throw new GatewayException(GatewayErrors.ConversationNotFound(id));
        var items = found.Take(page.Limit).Select(positioned => positioned.Item);
        await WriteListAsync(call, [.. backwards ? items.Reverse() : items], found.Count > page.Limit, include, output, cancellationToken);
    }

    public async ValueTask FindAsync(GatewayCall call, string id, string itemId, CallOutput output, CancellationToken cancellationToken)
    {
        var include = IncludeParser.Read(QueryOf(call));
        if (await conversations.FindItemAsync(call.Tenant, id, itemId, cancellationToken) is not { } found)
            throw await NotFoundAsync(call, id, itemId, cancellationToken);
        await exchange.WriteAsync(call, JsonBytes.Of(json => WriteItem(json, found.Item, include)), output, cancellationToken);
    }

    public async ValueTask DeleteAsync(GatewayCall call, string id, string itemId, CallOutput output, CancellationToken cancellationToken)
    {
        if (!await conversations.DeleteItemAsync(call.Tenant, id, itemId, cancellationToken))
            throw await NotFoundAsync(call, id, itemId, cancellationToken);
        var conversation = await conversations.FindAsync(call.Tenant, id, cancellationToken)
            ?? throw new GatewayException(GatewayErrors.ConversationNotFound(id));
        await exchange.WriteAsync(call, ConversationResource.Render(conversation), output, cancellationToken);
    }

    private static IReadOnlyList<KeyValuePair<string, string>> QueryOf(GatewayCall call) => ((ResourceRequest)call.Request).Query;

    private async ValueTask<long?> PlaceAsync(GatewayCall call, string id, ListPage page, CancellationToken cancellationToken)
    {
        if ((page.After ?? page.Before) is not { } itemId)
            return null;
        if (await conversations.FindItemAsync(call.Tenant, id, itemId, cancellationToken) is { } found)
            return found.Position;
        throw await conversations.FindAsync(call.Tenant, id, cancellationToken) is null
            ? new GatewayException(GatewayErrors.ConversationNotFound(id))
            : ListPage.UnknownCursor(page.After is null ? "before" : "after", itemId);
    }

    private async ValueTask<GatewayException> NotFoundAsync(GatewayCall call, string id, string itemId, CancellationToken cancellationToken) =>
        new(await conversations.FindAsync(call.Tenant, id, cancellationToken) is null ? GatewayErrors.ConversationNotFound(id) : GatewayErrors.ItemNotFound(itemId));

    private ValueTask WriteListAsync(
        GatewayCall call, IReadOnlyList<StoredItem> items, bool hasMore, ItemInclude include, CallOutput output, CancellationToken cancellationToken) =>
        exchange.WriteAsync(
            call, ListPage.Render(items, hasMore, item => item.Id, (json, item) => WriteItem(json, item, include)), output, cancellationToken);

    private static void WriteItem(Utf8JsonWriter json, StoredItem item, ItemInclude include)
    {
        using var document = JsonDocument.Parse(item.Json, JsonFormat.DocumentOptions);
        ItemResource.Write(json, document.RootElement, item.Id, include);
    }
}
