using AiGateway.Protocol;

namespace AiGateway.Configuration;

/// <summary>Where responses, conversations and stored completions are kept, as configured under <c>Gateway:Storage</c>.</summary>
public sealed record StorageOptions
{
    /// <summary>The database file; a relative path is taken from the working directory. <c>:memory:</c> keeps nothing. Default <c>data/aigateway.db</c>.</summary>
    public string Path { get; init; } = "data/aigateway.db";

    /// <summary>How long a stored response is kept, from its end. Default 30 days; 0 keeps it for ever.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long the record of what a call used is kept. What keys and tenants used up of their budgets stays known. Default 400 days; 0 keeps it for ever.</summary>
    public TimeSpan UsageRetention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>
    /// The key that the contents of compaction items and encrypted reasoning are sealed with before clients get them: base64 of 32 bytes, best as
    /// <c>${NAME}</c>. Null (default): the gateway makes one and keeps it with the responses. Several gateways that share no storage need the same one, for
    /// what one of them sealed to open at another.
    /// </summary>
    public string? SealingKey { get; init; }

    /// <summary>Keys that <see cref="SealingKey"/> took the place of, in the same form: they still open what was sealed with them, but seal nothing. Default: none.</summary>
    public IReadOnlyList<string> PreviousSealingKeys { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <inheritdoc/>
    public override string ToString() => $"storage '{Path}'";
}
