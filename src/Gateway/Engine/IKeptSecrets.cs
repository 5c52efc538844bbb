namespace AiGateway.Engine;

/// <summary>Secrets that the gateway makes for itself and must find again after a restart, the same on every node.</summary>
public interface IKeptSecrets
{
    /// <summary>The secret of a name. The first call, whoever makes it, decides it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="create">Makes one where there is none yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The secret.</returns>
    /// <exception cref="StorageUnavailableException">The storage cannot be used now.</exception>
    ValueTask<ReadOnlyMemory<byte>> GetOrCreateAsync(string name, Func<byte[]> create, CancellationToken cancellationToken);
}
