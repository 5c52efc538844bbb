namespace AiGateway.Engine;

/// <summary>
/// Where responses live while they run, and how they are found, running or ended, from anywhere. Another tenant's response does not exist: nothing
/// tells the two apart. Every method throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.
/// </summary>
public interface IResponseEngine
{
    /// <summary>Keeps a response and has it run, as soon as its turn comes, whatever its client does.</summary>
    /// <param name="response">The response, queued, with a <see cref="StoredResponse.Run"/>.</param>
    /// <param name="events">Its first events; empty for none.</param>
    /// <param name="cancellationToken">Gives up waiting; the response may be kept and run all the same.</param>
    /// <returns>False where its idempotency key is taken already: nothing is kept then.</returns>
    /// <exception cref="RunQueueFullException">Too many wait already.</exception>
    ValueTask<bool> StartAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken);

    /// <summary>Makes a response known that its client's own call runs, and that is kept when it ends.</summary>
    /// <param name="response">The response, in progress.</param>
    /// <returns>Its place among those that are running; to be disposed when the call ends.</returns>
    IForegroundResponse Enter(StoredResponse response);

    /// <summary>Finds a response as it is now.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response; null where there is none, or it is another tenant's.</returns>
    ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Finds a response and all that it continues.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The chain.</returns>
    ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Finds what was created under an idempotency key.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="key">The client's key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response, with the key's hash; null where there is none.</returns>
    ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken);

    /// <summary>Reads a background response's events: those kept, then those to come, to the terminal one.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="after">The sequence number behind which to begin; -1 for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The events in order, without gaps; nothing where there is no such response.</returns>
    IAsyncEnumerable<EventPage> ReadAsync(string? tenant, string id, long after, CancellationToken cancellationToken);

    /// <summary>Reads a background response's events for who follows or resumes it: not for the call that created it, which is served soonest.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    IAsyncEnumerable<EventPage> WatchAsync(string? tenant, string id, long after, CancellationToken cancellationToken) => ReadAsync(tenant, id, after, cancellationToken);

    /// <summary>Cancels a background response: its provider is let go of, its readers get a terminal event.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up waiting; it is cancelled all the same.</param>
    /// <returns>The response in its last state, which is another than cancelled where it had ended by itself; null where there is none.</returns>
    /// <exception cref="StorageUnavailableException">That it is cancelled cannot be kept now, and is as soon as it can be; its provider is let go of.</exception>
    ValueTask<StoredResponse?> CancelAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Forgets a response that has ended.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be forgotten all the same.</param>
    /// <returns>What became of it.</returns>
    ValueTask<DeleteOutcome> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);
}
