using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Conversations that a silo holds in its memory for the whole cluster.</summary>
/// <param name="memory">Where it is.</param>
internal sealed class MemoryConversationStore(MemoryClient memory) : IConversationStore
{
    public ValueTask CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain>(grain => grain.CreateAsync(conversation, items, cancellationToken));

    public ValueTask<StoredConversation?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, StoredConversation?>(grain => grain.FindAsync(tenant, id, cancellationToken));

    public ValueTask<StoredConversation?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, StoredConversation?>(grain => grain.UpdateAsync(tenant, id, Bytes.Of(metadata), cancellationToken));

    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, bool>(grain => grain.DeleteAsync(tenant, id, cancellationToken));

    public ValueTask<bool> AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, bool>(grain => grain.AppendAsync(tenant, id, items, cancellationToken));

    public ValueTask<IReadOnlyList<PositionedItem>?> ItemsAsync(string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, IReadOnlyList<PositionedItem>?>(grain => grain.ItemsAsync(tenant, id, after, limit, descending, cancellationToken));

    public ValueTask<PositionedItem?> FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, PositionedItem?>(grain => grain.FindItemAsync(tenant, id, itemId, cancellationToken));

    public ValueTask<bool> DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryConversationsGrain, bool>(grain => grain.DeleteItemAsync(tenant, id, itemId, cancellationToken));
}
