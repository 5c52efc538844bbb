namespace AiGateway.Engine;

/// <summary>What somebody or something may have at a time. Compared by reference where it counts: one object as long as the settings are the same.</summary>
/// <param name="Scope">Of what kind it is: <c>key</c>, <c>tenant</c>, <c>model</c> or <c>provider</c>.</param>
/// <param name="Name">Its name among its kind.</param>
public sealed record CapacityLimit(string Scope, string Name)
{
    /// <summary>Requests in any 60 seconds; null for no limit.</summary>
    public long? Requests { get; init; }

    /// <summary>Tokens in any 60 seconds; null for no limit.</summary>
    public long? Tokens { get; init; }

    /// <summary>Requests at a time; null for no limit.</summary>
    public long? InFlight { get; init; }

    /// <summary>What may be used up in a stretch of time.</summary>
    public IReadOnlyList<CapacityBudget> Budgets { get; init; } = [];
}

/// <summary>What may be used up in a stretch of time (UTC).</summary>
/// <param name="Per"><c>hour</c>, <c>day</c>, <c>week</c>, <c>month</c> or <c>ever</c>.</param>
/// <param name="Tokens">The most tokens; null for no limit.</param>
/// <param name="Cost">The most money; null for no limit.</param>
public sealed record CapacityBudget(string Per, long? Tokens, decimal? Cost);
