using AiGateway.Protocol;

namespace AiGateway.Hooks;

/// <summary>What an <see cref="IAuthenticationHook"/> says of a caller.</summary>
public sealed class AuthenticationResult
{
    private AuthenticationResult(bool isAllowed, string? tenant, GatewayError? error)
    {
        IsAllowed = isAllowed;
        Tenant = tenant;
        Error = error;
    }

    /// <summary>Not this hook's caller: the next hook decides.</summary>
    public static AuthenticationResult NoOpinion { get; } = new(false, null, null);

    /// <summary>Whether the caller may go on.</summary>
    public bool IsAllowed { get; }

    /// <summary>Whose objects the caller sees; null for the one tenant that is there without keys.</summary>
    public string? Tenant { get; }

    /// <summary>Why not; null unless denied.</summary>
    public GatewayError? Error { get; }

    /// <summary>Lets the caller in.</summary>
    /// <param name="tenant">Whose objects the caller sees; null for the one tenant that is there without keys.</param>
    /// <returns>The result.</returns>
    public static AuthenticationResult Allow(string? tenant = null) => new(true, tenant, null);

    /// <summary>Keeps the caller out.</summary>
    /// <param name="error">What the caller is told; null for 401 <c>invalid_api_key</c>.</param>
    /// <returns>The result.</returns>
    public static AuthenticationResult Deny(GatewayError? error = null) => new(false, null, error ?? GatewayErrors.Unauthorized());
}
