namespace AiGateway.Hooks;

/// <summary>Decides who is calling. The first hook that has an opinion decides; where hooks are registered and none has, the call is refused with 401.</summary>
public interface IAuthenticationHook : IGatewayHook
{
    /// <summary>Judges a call by <see cref="GatewayCall.ApiKey"/> or its headers. The request's body is not read yet: <see cref="GatewayCall.Request"/> may not be used.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>Allowed with a tenant, denied with an error, or no opinion.</returns>
    ValueTask<AuthenticationResult> AuthenticateAsync(GatewayCall call, CancellationToken cancellationToken);
}
