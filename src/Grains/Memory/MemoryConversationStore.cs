using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Conversations that a silo holds in its memory for the whole cluster.</summary>
/// <param name="memory">Where it is.</param>
internal sealed class MemoryConversationStore(MemoryClient memory) : IConversationStore
{
    // The exception is made here: what it says would not come through.
    public async ValueTask CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken)
    {
        if (await memory.AskAsync<IMemoryConversationsGrain, string?>(grain => grain.CreateAsync(conversation, items, cancellationToken)) is { } taken)
            throw new DuplicateItemException(taken);
    }

    public ValueTask<StoredConversation?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, StoredConversation?>(grain => grain.FindAsync(tenant, id, cancellationToken));

    public ValueTask<StoredConversation?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, StoredConversation?>(grain => grain.UpdateAsync(tenant, id, Bytes.Of(metadata), cancellationToken));

    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, bool>(grain => grain.DeleteAsync(tenant, id, cancellationToken));

    public async ValueTask<bool> AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken)
    {
        var (isFound, taken) = await memory.AskAsync<IMemoryConversationsGrain, (bool, string?)>(grain => grain.AppendAsync(tenant, id, items, cancellationToken));
        return taken is null ? isFound : throw new DuplicateItemException(taken);
    }

    public ValueTask<IReadOnlyList<PositionedItem>?> ItemsAsync(string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, IReadOnlyList<PositionedItem>?>(grain => grain.ItemsAsync(tenant, id, after, limit, descending, cancellationToken));

    public ValueTask<PositionedItem?> FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, PositionedItem?>(grain => grain.FindItemAsync(tenant, id, itemId, cancellationToken));

    public ValueTask<bool> DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, bool>(grain => grain.DeleteItemAsync(tenant, id, itemId, cancellationToken));
}
