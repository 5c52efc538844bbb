using AiGateway.Engine;

namespace AiGateway.Limits;

/// <summary>What a call holds of the limits of this process.</summary>
internal sealed class LocalLease : PartedLease<LeasedPart>
{
    private readonly LocalCapacity _capacity;

    public LocalLease(LocalCapacity capacity, CapacityDemand demand, List<LeasedPart> parts, CapacityStanding standing)
        : base(demand, parts)
    {
        _capacity = capacity;
        Standing = standing;
    }

    protected override CapacityLimit LimitOf(LeasedPart part) => part.Limit;

    protected override ValueTask<CapacityRefusal?> TakeAsync(CapacityLimit limit, CancellationToken cancellationToken) => _capacity.ExtendAsync(this, limit, cancellationToken);

    protected override void Free(List<LeasedPart> freed, long tokens, decimal cost, bool giveBack) => _capacity.Free(freed, tokens, cost, giveBack);
}

/// <summary>What was taken of one limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Subject">Where it stands.</param>
/// <param name="Second">When.</param>
/// <param name="Places">How many places in flight.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="Tokens">How many tokens, of the limit per minute.</param>
/// <param name="Budgets">How much of each budget.</param>
internal readonly record struct LeasedPart(
    CapacityLimit Limit, CapacitySubject Subject, long Second, long Places, long Requests, long Tokens, (BudgetState State, long Tokens, decimal Cost)[] Budgets);
