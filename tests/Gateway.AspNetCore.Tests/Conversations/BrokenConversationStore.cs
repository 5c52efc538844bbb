using AiGateway.Engine;

namespace AiGateway.AspNetCore.Tests.Conversations;

/// <summary>A store whose disk is full.</summary>
internal sealed class BrokenConversationStore : IConversationStore
{
    public ValueTask CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken) => throw Full();

    public ValueTask<StoredConversation?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) => throw Full();

    public ValueTask<StoredConversation?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken) => throw Full();

    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) => throw Full();

    public ValueTask<bool> AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken) => throw Full();

    public ValueTask<IReadOnlyList<PositionedItem>?> ItemsAsync(
        string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken) => throw Full();

    public ValueTask<PositionedItem?> FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken) => throw Full();

    public ValueTask<bool> DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken) => throw Full();

    private static StorageUnavailableException Full() => new("The disk is full.");
}
