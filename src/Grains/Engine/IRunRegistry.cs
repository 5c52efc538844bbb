using AiGateway.Engine;

namespace AiGateway.Grains.Engine;

/// <summary>Who owns what has not ended: what a cluster needs of its storage beyond the ports. Every method throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.</summary>
internal interface IRunRegistry
{
    /// <summary>Takes a response over, whoever owned it: it gets a higher epoch.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="owner">The new owner.</param>
    /// <returns>The response; null where it has ended, or is gone.</returns>
    ValueTask<StoredResponse?> TakeOverAsync(string id, string owner);

    /// <summary>Lets go of a response: nobody owns it then.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="owner">Its owner; where it is another's, nothing happens.</param>
    ValueTask ReleaseAsync(string id, string owner);

    /// <summary>Finds a response, whosever it is.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The response; null where there is none.</returns>
    ValueTask<StoredResponse?> FindAsync(string id);

    /// <summary>Lists what has not ended, the oldest first.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<UnendedRun>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Says that a process lives.</summary>
    /// <param name="owner">The process.</param>
    /// <param name="lease">For how long that holds; zero ends it at once.</param>
    ValueTask RenewAsync(string owner, TimeSpan lease);

    /// <summary>Which of some processes live.</summary>
    /// <param name="owners">The processes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlySet<string>> AliveAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken);
}
