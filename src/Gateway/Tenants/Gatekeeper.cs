using System.Net;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Tenants;

/// <summary>
/// Decides who is calling: (1) a key that the gateway knows, (2) the authentication hooks, whose results it keeps as long as they say, (3) nobody, where there
/// is nothing to be known by. Whoever comes with wrong keys again and again is slowed.
/// </summary>
internal sealed class Gatekeeper(AccessDirectory directory, HookSet hooks, GatewayConfiguration configuration, TimeProvider time)
{
    private readonly HookResults _results = new(time);
    private readonly FailedAttempts _failed = new(time);

    /// <summary>Whether anybody checks who calls.</summary>
    public bool Checks => hooks.Authenticates || directory.HasKeys;

    /// <summary>Lets a caller in: what it may do is on the call then.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="GatewayException">401: not with this key; 429: too many wrong keys came from there.</exception>
    public ValueTask AuthenticateAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        if (!Checks)
            return default;
        if (directory.FindKeyOf(call) is not { } key)
            return AskHooksAsync(call, call.ApiKey, cancellationToken);
        if (_failed.Slows(call.RemoteAddress, key) is { } wait)
            throw Slowed(wait);
        if (key.Refusal(key.ExpiresAt is null ? default : time.GetUtcNow()) is { } refusal)
            throw Failed(call.RemoteAddress, refusal);
        _failed.Note(call.RemoteAddress, key);
        Admit(call, key.Access);
        return default;
    }

    private async ValueTask AskHooksAsync(GatewayCall call, string? sent, CancellationToken cancellationToken)
    {
        if (_failed.Slows(call.RemoteAddress) is { } wait && sent is not null)
            throw Slowed(wait);
        if (hooks.Authenticates)
        {
            var result = _results.Find(sent) ?? _results.Keep(sent, await hooks.AuthenticateAsync(call, cancellationToken));
            if (result.Error is { } error)
                throw error.Status == 401 ? Failed(call.RemoteAddress, error) : new GatewayException(error);
            if (result.Access is { } access)
            {
                Admit(call, access);
                return;
            }
        }
        else if (sent is null && configuration.Current.AllowAnonymous)
        {
            return;
        }

        // Who sends none guesses none.
        throw sent is null
            ? new GatewayException(GatewayErrors.Unauthorized("You didn't provide an API key. Send it in an Authorization header: Authorization: Bearer YOUR_KEY."))
            : Failed(call.RemoteAddress, GatewayErrors.Unauthorized());
    }

    private void Admit(GatewayCall call, CallerAccess access)
    {
        if (directory.TenantOf(access.Tenant) is { Disabled: true })
            throw new GatewayException(GatewayErrors.Unauthorized("This API key is disabled."));
        call.Access = access;
    }

    private GatewayException Failed(IPAddress? from, GatewayError error)
    {
        _failed.Add(from);
        return new GatewayException(error);
    }

    private static GatewayException Slowed(TimeSpan wait) => new(GatewayErrors.TooManyAttempts(wait));
}
