using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>The port of conversations there.</summary>
[Alias("AiGateway.Memory.Conversations")]
internal interface IMemoryConversationsGrain : IGrainWithStringKey
{
    /// <summary>Keeps a conversation.</summary>
    /// <returns>The id that two of its items have: nothing is kept then; null where it is.</returns>
    [Alias("Create")]
    Task<string?> CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken);

    [Alias("Find")]
    Task<StoredConversation?> FindAsync(string? tenant, string id, CancellationToken cancellationToken);

    [Alias("Update")]
    Task<StoredConversation?> UpdateAsync(string? tenant, string id, byte[] metadata, CancellationToken cancellationToken);

    [Alias("Delete")]
    Task<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Appends items.</summary>
    /// <returns>Whether there is such a conversation, and the id that is taken there: nothing is kept then.</returns>
    [Alias("Append")]
    Task<(bool IsFound, string? Taken)> AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken);

    [Alias("Items")]
    Task<IReadOnlyList<PositionedItem>?> ItemsAsync(string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken);

    [Alias("FindItem")]
    Task<PositionedItem?> FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken);

    [Alias("DeleteItem")]
    Task<bool> DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken);
}
