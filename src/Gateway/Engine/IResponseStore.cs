namespace AiGateway.Engine;

/// <summary>
/// Where responses are kept. What a task that ended has written is there after a kill of the process, and, but for
/// <see cref="AppendAsync"/> and the creation of what is not in the background, after a loss of power too. Another tenant's response does not exist: nothing tells the two apart.
/// Every method throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.
/// </summary>
public interface IResponseStore
{
    /// <summary>Keeps a response that has not ended.</summary>
    /// <param name="response">The response; its bytes are not changed afterwards.</param>
    /// <param name="events">Its first events; empty for none.</param>
    /// <param name="cancellationToken">Gives up waiting; the response may be kept all the same.</param>
    /// <returns>False where its idempotency key is taken already: nothing is kept then.</returns>
    ValueTask<bool> CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken);

    /// <summary>Notes that a queued response runs: from here on it is closed rather than run where its owner dies.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="epoch">Who owns it.</param>
    /// <param name="body">The response object as it stands now.</param>
    /// <returns>False where somebody else owns it, or it has ended, or is gone.</returns>
    ValueTask<bool> BeginAsync(string id, long epoch, ReadOnlyMemory<byte> body);

    /// <summary>Keeps further events of a running response. Those that are kept already are passed over.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="epoch">Who owns it.</param>
    /// <param name="events">The events that follow on those kept.</param>
    /// <returns>False where somebody else owns it, or it has ended, or is gone.</returns>
    /// <exception cref="InvalidOperationException">They do not follow on those kept.</exception>
    ValueTask<bool> AppendAsync(string id, long epoch, EventPage events);

    /// <summary>
    /// Keeps a response's end, and the response itself where it is not kept yet. A background response always is: where it is not there, it was deleted. Where
    /// another took its idempotency key meanwhile, it is kept without the key.
    /// </summary>
    /// <param name="response">The response.</param>
    /// <param name="end">How it ended.</param>
    /// <returns>False where somebody else owns it, or it has ended, or was deleted.</returns>
    ValueTask<bool> EndAsync(StoredResponse response, ResponseEnd end);

    /// <summary>Finds a response.</summary>
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

    /// <summary>Reads kept events.</summary>
    /// <param name="id">The response's id; the caller has checked whose it is.</param>
    /// <param name="after">The sequence number behind which to begin; -1 for the first.</param>
    /// <param name="maxBytes">About how much to read; at least one event is read where there is one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The next events; empty where there are none.</returns>
    ValueTask<EventPage> ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Finds what was created under an idempotency key.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="key">The client's key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response, with the key's hash; null where there is none.</returns>
    ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken);

    /// <summary>Forgets a response and everything that was kept of it: events, input, its idempotency key. Not a conversation's items.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be forgotten all the same.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Takes over every response that has not ended, whoever owned it: each gets a higher epoch, which is on what is returned.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The responses, the oldest first.</returns>
    ValueTask<IReadOnlyList<StoredResponse>> TakeOverAsync(CancellationToken cancellationToken);
}
