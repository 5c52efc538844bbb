using System.Net;
using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Tenants;

/// <summary>A key that the gateway knows, ready to be judged by.</summary>
/// <param name="hash">Its hash.</param>
/// <param name="access">What it allows.</param>
internal sealed class KnownKey(byte[] hash, CallerAccess access)
{
    /// <summary>Its hash: keyed, of one that is kept; plain, of a configured one.</summary>
    public byte[] Hash => hash;

    /// <summary>What it allows.</summary>
    public CallerAccess Access => access;

    /// <summary>The hash of the key that it took the place of, and until when that is good; null for none.</summary>
    public (byte[] Hash, DateTimeOffset Until)? Previous { get; init; }

    /// <summary>The models that it may ask for, as they were written; none for all.</summary>
    public IReadOnlyList<string> ModelNames { get; init; } = [];

    /// <summary>Until when it is good; null for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it is refused for now.</summary>
    public bool Disabled { get; init; }

    /// <summary>Whether it is refused for ever.</summary>
    public bool Revoked { get; init; }

    /// <summary>From where it was last used with success: a hint that spares looking it up.</summary>
    public IPAddress? LastAddress { get; set; }

    /// <summary>Why it is refused, to whoever has it; null where it is good.</summary>
    /// <param name="now">The time now.</param>
    public GatewayError? Refusal(DateTimeOffset now) =>
        Revoked ? GatewayErrors.Unauthorized("This API key was revoked.")
        : Disabled ? GatewayErrors.Unauthorized("This API key is disabled.")
        : ExpiresAt <= now ? GatewayErrors.Unauthorized("This API key has expired.")
        : null;

    /// <summary>Makes one of what is kept.</summary>
    public static KnownKey Of(KeyRecord record) => new(
        record.Hash,
        new CallerAccess(record.Tenant, record.Id)
        {
            Models = Protocol.ModelNames.Of(record.Models),
            Limits = record.Limits.Any ? record.Limits : null,
            Budgets = record.Budgets,
        })
    {
        Previous = record.PreviousHash is { } hash && record.PreviousUntil is { } until ? (hash, until) : null,
        ExpiresAt = record.ExpiresAt,
        Disabled = record.Disabled,
        Revoked = record.RevokedAt is not null,
    };
}
