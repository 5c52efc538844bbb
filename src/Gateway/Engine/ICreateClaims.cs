namespace AiGateway.Engine;

/// <summary>
/// Holds of idempotency keys among the processes that serve the same clients: while one of them makes a response under a key, the others wait. Without one
/// registered, a process knows of its own calls only. Throws <see cref="StorageUnavailableException"/> where it cannot be used now.
/// </summary>
public interface ICreateClaims
{
    /// <summary>Takes a key, unless it is taken.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The hold, which lasts until it is disposed or the process ends; or null, and the hash of the request that the key is held for.</returns>
    ValueTask<(IAsyncDisposable? Hold, string? BodyHash)> TryTakeAsync(string? tenant, IdempotencyKey key, CancellationToken cancellationToken);
}
