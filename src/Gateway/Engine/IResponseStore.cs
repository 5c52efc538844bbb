namespace AiGateway.Engine;

/// <summary>Where finished responses live. Another tenant's response does not exist: nothing tells the two apart.</summary>
public interface IResponseStore
{
    /// <summary>Keeps a response. When the returned task ends it can be found.</summary>
    /// <param name="response">The response; its bytes are not changed afterwards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when it is kept.</returns>
    ValueTask SaveAsync(StoredResponse response, CancellationToken cancellationToken);

    /// <summary>Finds a response.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response; null where there is none, or it is another tenant's.</returns>
    ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken);

    /// <summary>Forgets a response.</summary>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);
}
