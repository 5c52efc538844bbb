using AiGateway.Engine;
using AiGateway.Metering;

namespace AiGateway.Limits;

/// <summary>What is used up and reserved of one budget, in the stretch of time that it is now.</summary>
internal sealed class BudgetState
{
    private DateTimeOffset _end;

    public long Tokens { get; private set; }

    public decimal Cost { get; private set; }

    public long ReservedTokens { get; set; }

    public decimal ReservedCost { get; set; }

    /// <summary>Begins with what was used up before this process began.</summary>
    public void Load(string per, DateTimeOffset now, long tokens, decimal cost)
    {
        _end = BudgetOptions.End(per, BudgetOptions.Begin(per, now)) ?? DateTimeOffset.MaxValue;
        (Tokens, Cost) = (tokens, cost);
    }

    /// <summary>Begins the next stretch, where the last is over. A clock that is set back does not bring it back.</summary>
    public void Move(string per, DateTimeOffset now)
    {
        if (now < _end)
            return;
        _end = BudgetOptions.End(per, BudgetOptions.Begin(per, now)) ?? DateTimeOffset.MaxValue;
        (Tokens, Cost) = (0, 0);
    }

    /// <summary>Notes what was used up.</summary>
    public void Use(long tokens, decimal cost) => (Tokens, Cost) = (Tokens + tokens, Cost + cost);

    /// <summary>Why a demand is refused; null where it fits.</summary>
    public CapacityRefusal? Refuse(CapacityLimit limit, CapacityBudget budget, CapacityDemand demand)
    {
        if (budget.Tokens is { } tokens && (Tokens >= tokens || Tokens + ReservedTokens + demand.Tokens > tokens))
            return Refusal(CapacityKind.BudgetTokens, tokens, Tokens + ReservedTokens, demand.Tokens, ReservedTokens > 0 && Tokens + demand.Tokens <= tokens);
        if (budget.Cost is { } cost && (Cost >= cost || Cost + ReservedCost + demand.Cost > cost))
            return Refusal(CapacityKind.BudgetCost, cost, Cost + ReservedCost, demand.Cost, ReservedCost > 0 && Cost + demand.Cost <= cost);
        return null;

        // Where another call's end may free what it reserved, waiting can help.
        CapacityRefusal Refusal(CapacityKind kind, decimal most, decimal used, decimal asked, bool canHelp) =>
            new(limit, kind, most, used, asked, canHelp ? TimeSpan.Zero : null);
    }
}
