namespace AiGateway.Engine;

/// <summary>Which usage to look for, and how to put it together.</summary>
public sealed record UsageQuery
{
    /// <summary>What records can be put together by.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["tenant", "key", "model", "provider", "provider_model", "api", "outcome", "hour", "day", "month"];

    /// <summary>From when on; null for all.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Until before when; null for now.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whose; null for everybody's.</summary>
    public string? Tenant { get; init; }

    /// <summary>Of which key; null for all.</summary>
    public string? KeyId { get; init; }

    /// <summary>Of which model; null for all.</summary>
    public string? Model { get; init; }

    /// <summary>Of which provider; null for all.</summary>
    public string? Provider { get; init; }

    /// <summary>What to put together by, of <see cref="Groups"/>; none for one sum.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>The most to find.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>Whether it asks for calls of these, their time apart.</summary>
    internal bool Asks(string? tenant, string? keyId, string? model, string? provider) =>
        (Tenant is null || Tenant == tenant) && (KeyId is null || KeyId == keyId) && (Model is null || Model == model) && (Provider is null || Provider == provider);

    /// <summary>Whether it asks for a call, its time apart.</summary>
    internal bool Asks(UsageRecord record) => Asks(record.Tenant, record.KeyId, record.Model, record.Provider);
}

/// <summary>What a group of calls used.</summary>
/// <param name="Keys">What they have in common, as <see cref="UsageQuery.GroupBy"/> says; times in UTC, such as <c>2026-05-01T13:00:00Z</c>.</param>
/// <param name="Requests">How many calls.</param>
/// <param name="Errors">How many of them failed.</param>
/// <param name="InputTokens">Tokens read.</param>
/// <param name="CachedTokens">Of those: read from providers' caches.</param>
/// <param name="OutputTokens">Tokens written.</param>
/// <param name="ReasoningTokens">Of those: spent on reasoning.</param>
/// <param name="EstimatedTokens">Of all tokens: those that the gateway estimated.</param>
/// <param name="Cost">What it cost.</param>
public sealed record UsageSum(
    IReadOnlyList<string?> Keys,
    long Requests,
    long Errors,
    long InputTokens,
    long CachedTokens,
    long OutputTokens,
    long ReasoningTokens,
    long EstimatedTokens,
    decimal Cost);
