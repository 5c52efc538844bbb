using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Hooks;

/// <summary>What an <see cref="IAuthenticationHook"/> says of a caller.</summary>
public sealed class AuthenticationResult
{
    private AuthenticationResult(CallerAccess? access, GatewayError? error, TimeSpan cacheFor = default)
    {
        Access = access;
        Error = error;
        CacheFor = cacheFor;
    }

    /// <summary>Not this hook's caller: the next hook decides.</summary>
    public static AuthenticationResult NoOpinion { get; } = new(null, null);

    /// <summary>Whether the caller may go on.</summary>
    public bool IsAllowed => Access is not null;

    /// <summary>Whose objects the caller sees; null for the one tenant that is there without keys.</summary>
    public string? Tenant => Access?.Tenant;

    /// <summary>What usage, limits and logs call the caller's key by; null for none.</summary>
    public string? KeyId => Access?.KeyId;

    /// <summary>How long the same key gets this result without the hook being asked.</summary>
    public TimeSpan CacheFor { get; }

    /// <summary>What the caller may do; null unless allowed.</summary>
    internal CallerAccess? Access { get; }

    /// <summary>Why not; null unless denied.</summary>
    public GatewayError? Error { get; }

    private static AuthenticationResult Anybody { get; } = new(CallerAccess.Anybody, null, default);

    /// <summary>Lets the caller in.</summary>
    /// <param name="tenant">Whose objects the caller sees; null for the one tenant that is there without keys.</param>
    /// <param name="keyId">What usage, limits and logs call the caller's key by; not the key. Null for none: its calls count for the tenant only.</param>
    /// <param name="models">The models that it may ask for; <c>*</c> at the end matches any run of characters. Null or empty for all.</param>
    /// <param name="limits">What it may ask for; null for no limits of its own. Needs a <paramref name="keyId"/>.</param>
    /// <param name="budgets">What it may use up; null for no budgets of its own. Needs a <paramref name="keyId"/>.</param>
    /// <param name="cacheFor">How long the same key gets this result without the hook being asked; only for a hook that judges by <see cref="GatewayCall.ApiKey"/> alone. Default: not at all.</param>
    /// <returns>The result.</returns>
    public static AuthenticationResult Allow(
        string? tenant = null,
        string? keyId = null,
        IReadOnlyList<string>? models = null,
        LimitOptions? limits = null,
        IReadOnlyList<BudgetOptions>? budgets = null,
        TimeSpan cacheFor = default) =>
        tenant is null && keyId is null && models is null && limits is null && budgets is null && cacheFor == default ? Anybody
        : new(new CallerAccess(tenant, keyId) { Models = ModelNames.Of(models), Limits = limits, Budgets = budgets ?? [] }, null, cacheFor);

    /// <summary>Keeps the caller out.</summary>
    /// <param name="error">What the caller is told; null for 401 <c>invalid_api_key</c>.</param>
    /// <param name="cacheFor">How long the same key gets this result without the hook being asked. Default: not at all.</param>
    /// <returns>The result.</returns>
    public static AuthenticationResult Deny(GatewayError? error = null, TimeSpan cacheFor = default) => new(null, error ?? GatewayErrors.Unauthorized(), cacheFor);
}
