using AiGateway.Engine;

namespace AiGateway.Limits;

/// <summary>What a call holds, a part of each limit: taken once of each, given back in part or settled whole, and after that nothing any more.</summary>
/// <typeparam name="TPart">What was taken of one limit.</typeparam>
/// <param name="demand">What the call asked for.</param>
/// <param name="parts">What it got.</param>
internal abstract class PartedLease<TPart>(CapacityDemand demand, List<TPart> parts) : CapacityLease
{
    private bool _isSettled;

    public CapacityDemand Demand => demand;

    public List<TPart> Parts => parts;

    public sealed override ValueTask<CapacityRefusal?> ExtendAsync(CapacityLimit limit, CancellationToken cancellationToken) =>
        _isSettled || PlaceOf(limit) >= 0 ? default : TakeAsync(limit, cancellationToken);

    public sealed override void GiveBack(CapacityLimit limit)
    {
        if (!_isSettled && PlaceOf(limit) is var i and >= 0)
        {
            var part = parts[i];
            parts.RemoveAt(i);
            Free([part], 0, 0, giveBack: true);
        }
    }

    public sealed override void Settle(long tokens, decimal cost)
    {
        if (_isSettled)
            return;
        _isSettled = true;
        if (parts.Count > 0)
            Free(parts, tokens, cost, giveBack: false);
    }

    private int PlaceOf(CapacityLimit limit)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (LimitOf(parts[i]) == limit)
                return i;
        }

        return -1;
    }

    /// <summary>The limit that a part was taken of.</summary>
    protected abstract CapacityLimit LimitOf(TPart part);

    /// <summary>Takes of a further limit.</summary>
    protected abstract ValueTask<CapacityRefusal?> TakeAsync(CapacityLimit limit, CancellationToken cancellationToken);

    /// <summary>Frees parts: settles what was used, or gives all of it back.</summary>
    protected abstract void Free(List<TPart> freed, long tokens, decimal cost, bool giveBack);
}
