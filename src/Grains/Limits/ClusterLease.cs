using AiGateway.Engine;
using AiGateway.Limits;

namespace AiGateway.Grains.Limits;

/// <summary>What a call holds of the limits of its cluster.</summary>
internal sealed class ClusterLease : PartedLease<SharePart>
{
    private readonly ClusterCapacity _capacity;

    public ClusterLease(ClusterCapacity capacity, CapacityDemand demand, List<SharePart> parts, CapacityStanding standing)
        : base(demand, parts)
    {
        _capacity = capacity;
        Standing = standing;
    }

    protected override CapacityLimit LimitOf(SharePart part) => part.Limit;

    protected override ValueTask<CapacityRefusal?> TakeAsync(CapacityLimit limit, CancellationToken cancellationToken) => _capacity.ExtendAsync(this, limit, cancellationToken);

    protected override void Free(List<SharePart> freed, long tokens, decimal cost, bool giveBack) => _capacity.Free(freed, tokens, cost, giveBack);
}
