using Orleans.Runtime;

namespace AiGateway.Grains.Silos;

/// <summary>What a silo is called as an owner of runs: its address in the cluster, by which the others know whether it lives, and a name that no other process had.</summary>
/// <param name="silo">The silo.</param>
internal sealed class SiloIdentity(ILocalSiloDetails silo)
{
    private const char Separator = '#';

    public SiloAddress Address => silo.SiloAddress;

    public string Owner { get; } = silo.SiloAddress.ToParsableString() + Separator + Guid.NewGuid().ToString("N");

    /// <summary>The silo's address of an owner; null where the owner is no silo.</summary>
    public static SiloAddress? AddressOf(string owner) =>
        owner.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var at ? SiloAddress.FromParsableString(owner[..at]) : null;
}
