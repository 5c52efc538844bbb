using AiGateway.Engine;

namespace AiGateway.Grains.Limits;

/// <summary>What a call holds of the limits of its cluster.</summary>
internal sealed class ClusterLease : CapacityLease
{
    private readonly ClusterCapacity _capacity;
    private bool _isSettled;

    public ClusterLease(ClusterCapacity capacity, CapacityDemand demand, List<SharePart> parts, CapacityStanding standing)
    {
        (_capacity, Demand, Parts) = (capacity, demand, parts);
        Standing = standing;
    }

    public CapacityDemand Demand { get; }

    public List<SharePart> Parts { get; }

    public override ValueTask<CapacityRefusal?> ExtendAsync(CapacityLimit limit, CancellationToken cancellationToken) =>
        _isSettled || Parts.Exists(part => part.Limit == limit) ? default : _capacity.ExtendAsync(this, limit, cancellationToken);

    public override void GiveBack(CapacityLimit limit)
    {
        if (!_isSettled && Parts.FindIndex(part => part.Limit == limit) is var i and >= 0)
        {
            var part = Parts[i];
            Parts.RemoveAt(i);
            _capacity.Free([part], 0, 0, giveBack: true);
        }
    }

    public override void Settle(long tokens, decimal cost)
    {
        if (_isSettled)
            return;
        _isSettled = true;
        if (Parts.Count > 0)
            _capacity.Free(Parts, tokens, cost, giveBack: false);
    }
}
