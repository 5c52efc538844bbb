namespace AiGateway.Engine;

/// <summary>
/// Where tenants and keys are kept that the admin API makes. Nothing is ever taken out: what is revoked says so. What a task that ended has written is there
/// after a loss of power. Every method throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.
/// </summary>
public interface IDirectoryStore
{
    /// <summary>Whether others write too, so that changes have to be asked for again and again.</summary>
    bool IsShared { get; }

    /// <summary>Keeps an entry, in place of that of the same kind and id.</summary>
    /// <param name="entry">The entry, with the revision that it is known by; 0 for a new one.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be kept all the same.</param>
    /// <returns>Its new revision; null where it has changed since, or is there already: nothing is kept then.</returns>
    ValueTask<long?> PutAsync(DirectoryEntry entry, CancellationToken cancellationToken);

    /// <summary>Reads what has changed.</summary>
    /// <param name="after">The revision behind which to begin; 0 for everything.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries, each as it is now, in the order of their revisions.</returns>
    ValueTask<IReadOnlyList<DirectoryEntry>> ReadAsync(long after, CancellationToken cancellationToken);
}
