using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Configuration;

/// <summary>One key that callers may come with, as configured under <c>Gateway:Keys</c>.</summary>
public sealed record KeyOptions
{
    /// <summary>What a <see cref="Hash"/> begins with.</summary>
    public const string HashPrefix = "sha256:";

    /// <summary>The shortest <see cref="Key"/>, in characters.</summary>
    public const int ShortestKey = 16;

    /// <summary>What usage, logs and the admin API call it by; not a secret. Required; unique.</summary>
    public string Id { get; init; } = "";

    /// <summary>The key itself, best as <c>${NAME}</c>, of at least 16 characters. This or <see cref="Hash"/> is required.</summary>
    public string? Key { get; init; }

    /// <summary><c>sha256:</c> and the SHA-256 of the key in 64 hexadecimal digits, as <c>printf %s "$KEY" | sha256sum</c> gives it.</summary>
    public string? Hash { get; init; }

    /// <summary>Whose key it is. Null (default): that of the one tenant that is there without keys.</summary>
    public string? Tenant { get; init; }

    /// <summary>The models that it may ask for; <c>*</c> at the end matches any run of characters. Default, and where the list is empty: all that its tenant may.</summary>
    public IReadOnlyList<string> Models { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>What it may ask for. Default: no limits of its own.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>What it may use up. Default: no budgets of its own.</summary>
    public IReadOnlyList<BudgetOptions> Budgets { get; init => field = ValueList<BudgetOptions>.Of(value); } = ValueList<BudgetOptions>.Empty;

    /// <summary>Until when it is good, such as <c>2027-01-31T00:00:00Z</c>. Null (default): for ever.</summary>
    public string? ExpiresAt { get; init; }

    /// <summary>Whether it is refused. Default false.</summary>
    public bool Disabled { get; init; }

    /// <summary>The id only: what the compiler would write holds the key.</summary>
    /// <returns>The id.</returns>
    public override string ToString() => $"key '{Id}'";
}
