using AiGateway.Engine;

namespace AiGateway.Limits;

/// <summary>What a call holds of the limits of this process.</summary>
internal sealed class LocalLease : CapacityLease
{
    private readonly LocalCapacity _capacity;
    private bool _isSettled;

    public LocalLease(LocalCapacity capacity, CapacityDemand demand, List<LeasedPart> parts, CapacityStanding standing)
    {
        (_capacity, Demand, Parts) = (capacity, demand, parts);
        Standing = standing;
    }

    public CapacityDemand Demand { get; }

    public List<LeasedPart> Parts { get; }

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

/// <summary>What was taken of one limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Subject">Where it stands.</param>
/// <param name="Second">When.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="Tokens">How many tokens, of the limit per minute.</param>
/// <param name="Budgets">How much of each budget.</param>
internal readonly record struct LeasedPart(
    CapacityLimit Limit, CapacitySubject Subject, long Second, long Requests, long Tokens, (BudgetState State, long Tokens, decimal Cost)[] Budgets);
