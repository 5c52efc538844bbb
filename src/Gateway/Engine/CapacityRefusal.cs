namespace AiGateway.Engine;

/// <summary>Why a call got no capacity.</summary>
/// <param name="Limit">Whose limit it was.</param>
/// <param name="Kind">Which of its limits.</param>
/// <param name="Most">The limit.</param>
/// <param name="Used">How much of it is used or reserved.</param>
/// <param name="Asked">How much was asked for.</param>
/// <param name="RetryAfter">How long to wait, where time alone mends it; zero where another call's end does; null where neither does.</param>
public sealed record CapacityRefusal(CapacityLimit Limit, CapacityKind Kind, decimal Most, decimal Used, decimal Asked, TimeSpan? RetryAfter)
{
    /// <summary>How much there is of the limits per minute.</summary>
    public CapacityStanding Standing { get; init; }
}

/// <summary>The kinds of limits.</summary>
public enum CapacityKind
{
    /// <summary>Requests in a minute.</summary>
    Requests,

    /// <summary>Tokens in a minute.</summary>
    Tokens,

    /// <summary>Requests at a time.</summary>
    InFlight,

    /// <summary>Tokens of a budget.</summary>
    BudgetTokens,

    /// <summary>Money of a budget.</summary>
    BudgetCost,
}

/// <summary>How much there is left of the limits per minute, of each kind where it is least. A limit of null: there is none.</summary>
/// <param name="RequestLimit">Requests in a minute.</param>
/// <param name="RequestsLeft">How many of them are left.</param>
/// <param name="RequestReset">How long until all of them are back.</param>
/// <param name="TokenLimit">Tokens in a minute.</param>
/// <param name="TokensLeft">How many of them are left.</param>
/// <param name="TokenReset">How long until all of them are back.</param>
public readonly record struct CapacityStanding(
    long? RequestLimit, long RequestsLeft, TimeSpan RequestReset, long? TokenLimit, long TokensLeft, TimeSpan TokenReset);
