namespace AiGateway.Grains;

/// <summary>What a process says of one limit, and asks for.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.CapacityAsk")]
internal sealed record CapacityAsk
{
    /// <summary>The process.</summary>
    [Id(0)]
    public required string Holder { get; init; }

    /// <summary>Counts its messages on this limit.</summary>
    [Id(1)]
    public long Number { get; init; }

    /// <summary>The grain's life that the corrections' seconds are of.</summary>
    [Id(2)]
    public Guid Life { get; init; }

    /// <summary>Requests in any 60 seconds; null for no limit.</summary>
    [Id(3)]
    public long? Requests { get; init; }

    /// <summary>Tokens in any 60 seconds; null for no limit.</summary>
    [Id(4)]
    public long? Tokens { get; init; }

    /// <summary>Requests at a time; null for no limit.</summary>
    [Id(5)]
    public long? InFlight { get; init; }

    /// <summary>Whether anything is asked for.</summary>
    [Id(6)]
    public bool Wants { get; init; }

    /// <summary>What the call whose turn it is needs besides what the process has: nothing is handed out unless that is.</summary>
    [Id(7)]
    public CapacityAmount First { get; init; }

    /// <summary>What all calls there need.</summary>
    [Id(8)]
    public CapacityAmount All { get; init; }

    /// <summary>The places that the process holds, used or not.</summary>
    [Id(9)]
    public long HeldInFlight { get; init; }

    /// <summary>What it holds of each budget and asks for.</summary>
    [Id(10)]
    public BudgetAsk[] Budgets { get; init; } = [];

    /// <summary>Requests and tokens that were not used, or used besides.</summary>
    [Id(11)]
    public CapacityCorrection[] Corrections { get; init; } = [];

    /// <summary>The tokens that its calls have used since it began.</summary>
    [Id(12)]
    public long UsedTokens { get; init; }

    /// <summary>What they cost.</summary>
    [Id(13)]
    public decimal UsedCost { get; init; }

    /// <summary>As many of these tokens as it knows the grain to have heard of.</summary>
    [Id(14)]
    public long HeardTokens { get; init; }

    /// <summary>What they cost.</summary>
    [Id(15)]
    public decimal HeardCost { get; init; }
}

/// <summary>So much of the limits without a budget.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.CapacityAmount")]
internal readonly record struct CapacityAmount([property: Id(0)] long Requests, [property: Id(1)] long Tokens, [property: Id(2)] long InFlight);

/// <summary>What a process holds of a budget, and asks for.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.BudgetAsk")]
internal sealed record BudgetAsk(
    [property: Id(0)] string Per,
    [property: Id(1)] long? MostTokens,
    [property: Id(2)] decimal? MostCost,
    [property: Id(3)] BudgetAmount Held,
    [property: Id(4)] BudgetAmount First,
    [property: Id(5)] BudgetAmount All);

/// <summary>So much of a budget.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.BudgetAmount")]
internal readonly record struct BudgetAmount([property: Id(0)] long Tokens, [property: Id(1)] decimal Cost);

/// <summary>What was handed out at a second and is to be corrected by so much.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.CapacityCorrection")]
internal readonly record struct CapacityCorrection([property: Id(0)] long Second, [property: Id(1)] long Requests, [property: Id(2)] long Tokens);

/// <summary>What is handed out, or why not.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.CapacityGrant")]
internal sealed record CapacityGrant
{
    /// <summary>Whether the grain could not read what was used up before.</summary>
    [Id(0)]
    public bool IsUnavailable { get; init; }

    /// <summary>The grain's life.</summary>
    [Id(1)]
    public Guid Life { get; init; }

    /// <summary>The second of that life.</summary>
    [Id(2)]
    public long Second { get; init; }

    /// <summary>What is handed out.</summary>
    [Id(3)]
    public CapacityAmount Granted { get; init; }

    /// <summary>What of each budget asked for, in that order.</summary>
    [Id(4)]
    public BudgetAmount[] Budgets { get; init; } = [];

    /// <summary>Why nothing is; null where there is no reason.</summary>
    [Id(5)]
    public CapacityDenial? Denial { get; init; }

    /// <summary>How many requests are left.</summary>
    [Id(6)]
    public long RequestsLeft { get; init; }

    /// <summary>How long until all are back.</summary>
    [Id(7)]
    public TimeSpan RequestReset { get; init; }

    /// <summary>How many tokens are left.</summary>
    [Id(8)]
    public long TokensLeft { get; init; }

    /// <summary>How long until all are back.</summary>
    [Id(9)]
    public TimeSpan TokenReset { get; init; }
}

/// <summary>Why nothing is handed out: the <see cref="Engine.CapacityKind"/> as a number, the limit, what is handed out of it, and when to ask again as a refusal says it.</summary>
[GenerateSerializer, Immutable, Alias("AiGateway.CapacityDenial")]
internal sealed record CapacityDenial([property: Id(0)] int Kind, [property: Id(1)] decimal Most, [property: Id(2)] decimal Used, [property: Id(3)] TimeSpan? RetryAfter);
