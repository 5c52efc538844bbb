using System.Collections.Concurrent;
using AiGateway.Engine;

namespace AiGateway.AspNetCore.Tests.Compaction;

/// <summary>Secrets that outlive a gateway.</summary>
internal sealed class KeptSecrets : IKeptSecrets
{
    private readonly ConcurrentDictionary<string, byte[]> _secrets = new(StringComparer.Ordinal);

    public ValueTask<ReadOnlyMemory<byte>> GetOrCreateAsync(string name, Func<byte[]> create, CancellationToken cancellationToken) =>
        new(_secrets.GetOrAdd(name, _ => create()));
}
