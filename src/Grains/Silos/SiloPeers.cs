using Orleans.Runtime;

namespace AiGateway.Grains.Silos;

/// <summary>The other silos, as this one knows of them.</summary>
/// <param name="membership">The cluster's members.</param>
/// <param name="identity">This silo.</param>
internal sealed class SiloPeers(IClusterMembershipService membership, SiloIdentity identity)
{
    /// <summary>Ends when the members have changed, with every change again.</summary>
    public IAsyncEnumerable<ClusterMembershipSnapshot> Changes => membership.MembershipUpdates;

    /// <summary>Whether a silo has not ended yet.</summary>
    public bool IsAlive(SiloAddress silo) =>
        membership.CurrentSnapshot.GetSiloStatus(silo) is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    /// <summary>The silo that owns a run, where it is another than this one and has not ended.</summary>
    /// <param name="owner">The owner; null for none.</param>
    public SiloAddress? AliveOwner(string? owner) =>
        owner is not null && SiloIdentity.AddressOf(owner) is { } silo && !silo.Equals(identity.Address) && IsAlive(silo) ? silo : null;

    /// <summary>Another silo that takes new work; null where there is none.</summary>
    public SiloAddress? Another()
    {
        var others = Active().Where(silo => !silo.Equals(identity.Address)).ToList();
        return others.Count == 0 ? null : others[Random.Shared.Next(others.Count)];
    }

    /// <summary>Whether this silo, of all that are active, is the one that has been there longest.</summary>
    public bool IsOldest() => Active().OrderBy(silo => silo.Generation).ThenBy(silo => silo).FirstOrDefault() is { } oldest && oldest.Equals(identity.Address);

    /// <summary>Whether it is this silo's, of all that are active, to look after something.</summary>
    /// <param name="id">Its id.</param>
    public bool IsMine(string id)
    {
        var active = Active().Order().ToList();
        return active.Count > 0 && active[(int)((uint)StableHash(id) % (uint)active.Count)].Equals(identity.Address);
    }

    private IEnumerable<SiloAddress> Active() => membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress);

    // The same in every process.
    private static int StableHash(string text)
    {
        var hash = 17;
        foreach (var letter in text)
            hash = unchecked((hash * 31) + letter);
        return hash;
    }
}
