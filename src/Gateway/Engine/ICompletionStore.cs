namespace AiGateway.Engine;

/// <summary>
/// Where chat completions are kept that their clients want kept. Another tenant's completion does not exist: nothing tells the two apart. Every method
/// throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.
/// </summary>
public interface ICompletionStore
{
    /// <summary>Keeps a completion.</summary>
    /// <param name="completion">The completion.</param>
    ValueTask SaveAsync(StoredCompletion completion);

    /// <summary>Finds a completion.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The completion; null where there is none, or it is another tenant's.</returns>
    ValueTask<StoredCompletion?> FindAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Finds completions in order of their creation.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The completions.</returns>
    ValueTask<IReadOnlyList<StoredCompletion>> ListAsync(CompletionQuery query, CancellationToken cancellationToken);

    /// <summary>Puts other metadata in the place of the old.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="metadata">A UTF-8 JSON object.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The completion; null where there is none.</returns>
    ValueTask<StoredCompletion?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken);

    /// <summary>Forgets a completion.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);
}
