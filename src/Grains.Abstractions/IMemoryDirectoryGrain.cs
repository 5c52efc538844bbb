using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>The port of tenants and keys there.</summary>
[Alias("AiGateway.Memory.Directory")]
internal interface IMemoryDirectoryGrain : IGrainWithStringKey
{
    [Alias("Put")]
    Task<long?> PutAsync(DirectoryEntry entry, CancellationToken cancellationToken);

    [Alias("Read")]
    Task<IReadOnlyList<DirectoryEntry>> ReadAsync(long after, CancellationToken cancellationToken);
}
