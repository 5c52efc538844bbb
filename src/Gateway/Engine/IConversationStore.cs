namespace AiGateway.Engine;

/// <summary>
/// Where conversations are kept. A finished response is appended by <see cref="IResponseStore.EndAsync"/>, in one with its end. Another tenant's
/// conversation does not exist: nothing tells the two apart. Every method throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.
/// </summary>
public interface IConversationStore
{
    /// <summary>Keeps a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="items">Its first items, in order.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be kept all the same.</param>
    /// <exception cref="DuplicateItemException">Two of the items have the same id.</exception>
    ValueTask CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken);

    /// <summary>Finds a conversation.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The conversation; null where there is none, or it is another tenant's.</returns>
    ValueTask<StoredConversation?> FindAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Puts other metadata in the place of the old.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="metadata">A UTF-8 JSON object.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The conversation; null where there is none.</returns>
    ValueTask<StoredConversation?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken);

    /// <summary>Forgets a conversation and its items. Responses that were made in it stay.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Appends items, in order.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">The conversation's id.</param>
    /// <param name="items">The items.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether there is such a conversation.</returns>
    /// <exception cref="DuplicateItemException">The conversation has an item of the same id as one of them, also by an append at the same time; or two of them have.</exception>
    ValueTask<bool> AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken);

    /// <summary>Reads items in order of their places.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">The conversation's id.</param>
    /// <param name="after">The place behind which to begin; null for the beginning, or, where <paramref name="descending"/>, the end.</param>
    /// <param name="limit">The most items to read; null for all.</param>
    /// <param name="descending">Whether the last comes first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The items; null where there is no such conversation.</returns>
    ValueTask<IReadOnlyList<PositionedItem>?> ItemsAsync(string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken);

    /// <summary>Finds one item.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">The conversation's id; null for whichever of the tenant's holds it.</param>
    /// <param name="itemId">The item's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The item; null where there is none.</returns>
    ValueTask<PositionedItem?> FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken);

    /// <summary>Takes one item out.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">The conversation's id.</param>
    /// <param name="itemId">The item's id.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether it was there.</returns>
    ValueTask<bool> DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken);
}
