using AiGateway.Hooks;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>Lets everybody in, each as the tenant that the key names.</summary>
internal sealed class KeyIsTenant : IAuthenticationHook
{
    public ValueTask<AuthenticationResult> AuthenticateAsync(GatewayCall call, CancellationToken cancellationToken) => new(AuthenticationResult.Allow(call.ApiKey));
}
