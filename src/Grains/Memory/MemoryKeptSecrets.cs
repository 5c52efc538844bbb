using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Secrets that a silo holds in its memory for the whole cluster.</summary>
/// <param name="memory">Where it is.</param>
internal sealed class MemoryKeptSecrets(MemoryClient memory) : IKeptSecrets
{
    public async ValueTask<ReadOnlyMemory<byte>> GetOrCreateAsync(string name, Func<byte[]> create, CancellationToken cancellationToken) =>
        await memory.AskAsync<IMemorySecretsGrain, byte[]?>(grain => grain.GetOrCreateAsync(name, null))
        ?? (await memory.AskAsync<IMemorySecretsGrain, byte[]?>(grain => grain.GetOrCreateAsync(name, create())))!;
}
