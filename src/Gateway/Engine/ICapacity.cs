namespace AiGateway.Engine;

/// <summary>
/// Who may call now. A call takes a lease of all its limits at once, or of none; while it is served it may add to it (the provider's limit is known late), and at
/// its end it settles what it really used. In one process exact: in no 60 seconds is more let in than a limit says. In a cluster never more than a stated slack.
/// </summary>
public interface ICapacity
{
    /// <summary>Takes a lease, or waits for one in the order of asking.</summary>
    /// <param name="demand">What is asked for.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The lease, or why there is none.</returns>
    /// <exception cref="StorageUnavailableException">What was used up of a budget cannot be read now.</exception>
    ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> AcquireAsync(CapacityDemand demand, CancellationToken cancellationToken);
}

/// <summary>What a call holds. Not thread-safe, but for what it does to the limits.</summary>
public abstract class CapacityLease
{
    /// <summary>How much there was left when it was taken.</summary>
    public CapacityStanding Standing { get; protected init; }

    /// <summary>Takes of one limit more, as the lease was taken; does not wait.</summary>
    /// <param name="limit">The limit; nothing is taken again of one that the lease has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why not; null where it is taken.</returns>
    public abstract ValueTask<CapacityRefusal?> ExtendAsync(CapacityLimit limit, CancellationToken cancellationToken);

    /// <summary>Gives back what was taken of one limit: nothing of it was used.</summary>
    /// <param name="limit">The limit.</param>
    public abstract void GiveBack(CapacityLimit limit);

    /// <summary>Ends the lease: what was reserved makes way for what was used. Does nothing the second time.</summary>
    /// <param name="tokens">The tokens that the call used.</param>
    /// <param name="cost">What it cost.</param>
    public abstract void Settle(long tokens, decimal cost);
}
