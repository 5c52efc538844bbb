using System.Buffers;
using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline.Conversations;

/// <summary>Makes items to keep out of those that a client sends: checked, in the form in which they are shown, references resolved, each with an id.</summary>
internal sealed class NewItems(IConversationStore conversations, KeptItems kept, TimeProvider time)
{
    // The most that the API takes at once.
    private const int MaxItems = 20;

    // Longer than any id that a provider gives; it has to fit into a path.
    private const int MaxIdLength = 128;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:");

    /// <summary>Reads <c>items</c>.</summary>
    /// <param name="root">The body.</param>
    /// <param name="tenant">Whose the conversation is.</param>
    /// <param name="conversation">The conversation that they go to; null for one that is yet to be made, which may have none.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The items, in order.</returns>
    /// <exception cref="GatewayException">400: one is wrong, or there are too many or too few; 404: one refers to what is not there.</exception>
    public async ValueTask<IReadOnlyList<StoredItem>> ReadAsync(FieldReader root, string? tenant, string? conversation, CancellationToken cancellationToken)
    {
        if (!root.HasArray("items", out var array, "an array of objects"))
            return conversation is null ? [] : throw root.Missing("items");
        var count = array.GetArrayLength();
        if (count > MaxItems)
            throw FieldErrors.ArrayTooLong("items", MaxItems, count);
        if (count == 0 && conversation is not null)
            throw FieldErrors.EmptyArray("items");

        var items = new List<StoredItem>(count);
        foreach (var item in InputParser.ReadItems(array, "items"))
            items.Add(await ReadAsync(item, items, tenant, conversation, cancellationToken));
        return items;
    }

    /// <summary>What a client is told whose item has an id that is taken.</summary>
    /// <param name="items">The items that were to be kept.</param>
    /// <param name="exception">Which id.</param>
    /// <returns>400, with the path of the id.</returns>
    public static GatewayException Duplicate(IReadOnlyList<StoredItem> items, DuplicateItemException exception)
    {
        var index = 0;
        while (index < items.Count - 1 && !string.Equals(items[index].Id, exception.ItemId, StringComparison.Ordinal))
            index++;
        return Duplicate(index, exception.ItemId);
    }

    private async ValueTask<StoredItem> ReadAsync(
        InputItem item, List<StoredItem> before, string? tenant, string? conversation, CancellationToken cancellationToken)
    {
        var path = FieldPath.Of("items", before.Count);
        if (item.Type == "compaction_trigger")
            throw FieldErrors.WrongValue(path.To("type"), "An item of type 'compaction_trigger' is not kept in a conversation.");
        var isCopy = item.Type == "item_reference";
        if (isCopy)
        {
            var referenced = item.Json.GetProperty("id"u8).GetString()!;
            var found = await kept.FindAsync(tenant, referenced, cancellationToken)
                ?? throw new GatewayException(GatewayErrors.ReferenceNotFound(referenced, path.ToString()));
            item = new InputItem(found.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "message", found);
        }

        // A copy may have to stand beside its original; who gives an item an id wants it under that and no other.
        var id = isCopy ? await FreeIdAsync(item, before, tenant, conversation, cancellationToken) : OwnId(item) ?? Ids.New(Ids.PrefixFor(item.Type), time);
        if (before.Exists(other => string.Equals(other.Id, id, StringComparison.Ordinal)))
            throw Duplicate(before.Count, id);
        return new StoredItem(id, ItemResource.Normalize(item.Json, id));
    }

    private async ValueTask<string> FreeIdAsync(
        InputItem item, List<StoredItem> before, string? tenant, string? conversation, CancellationToken cancellationToken)
    {
        if (OwnId(item) is { } id
            && !before.Exists(other => string.Equals(other.Id, id, StringComparison.Ordinal))
            && (conversation is null || await conversations.FindItemAsync(tenant, conversation, id, cancellationToken) is null))
        {
            return id;
        }

        return Ids.New(Ids.PrefixFor(item.Type), time);
    }

    // Null where there is none that a path could name.
    private static string? OwnId(InputItem item) =>
        item.Json.TryGetProperty("id"u8, out var own)
        && own.ValueKind == JsonValueKind.String
        && own.GetString() is { Length: > 0 and <= MaxIdLength } id
        && !id.AsSpan().ContainsAnyExcept(IdCharacters)
            ? id
            : null;

    private static GatewayException Duplicate(int index, string id) => FieldErrors.WrongValue(
        FieldPath.Of("items", index).To("id"),
        $"The conversation has an item with id '{id}' already. Leave the item out, or its id, so that it gets another.");
}
