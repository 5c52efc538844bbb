using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Tenants and keys that a silo holds in its memory for the whole cluster.</summary>
/// <param name="memory">Where it is.</param>
internal sealed class MemoryDirectoryStore(MemoryClient memory) : IDirectoryStore
{
    public bool IsShared => true;

    public ValueTask<long?> PutAsync(DirectoryEntry entry, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryDirectoryGrain, long?>(grain => grain.PutAsync(entry, cancellationToken));

    public ValueTask<IReadOnlyList<DirectoryEntry>> ReadAsync(long after, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryDirectoryGrain, IReadOnlyList<DirectoryEntry>>(grain => grain.ReadAsync(after, cancellationToken));
}
