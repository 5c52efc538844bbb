using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>The port of conversations there.</summary>
[Alias("AiGateway.Memory.Conversations")]
internal interface IMemoryConversationsGrain : IGrainWithStringKey
{
    [Alias("Create")]
    Task CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken);

    [Alias("Find")]
    Task<StoredConversation?> FindAsync(string? tenant, string id, CancellationToken cancellationToken);

    [Alias("Update")]
    Task<StoredConversation?> UpdateAsync(string? tenant, string id, byte[] metadata, CancellationToken cancellationToken);

    [Alias("Delete")]
    Task<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);

    [Alias("Append")]
    Task<bool> AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken);

    [Alias("Items")]
    Task<IReadOnlyList<PositionedItem>?> ItemsAsync(string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken);

    [Alias("FindItem")]
    Task<PositionedItem?> FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken);

    [Alias("DeleteItem")]
    Task<bool> DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken);
}
