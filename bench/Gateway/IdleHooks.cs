using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Bench.Gateway;

/// <summary>Every kind of hook, registered and doing nothing: what it costs that hooks are possible.</summary>
internal sealed class IdleHooks : IAuthenticationHook, IRequestHook, IStreamHook, IResponseHook, IErrorHook
{
    public ValueTask<AuthenticationResult> AuthenticateAsync(GatewayCall call, CancellationToken cancellationToken) => new(AuthenticationResult.Allow());

    public ValueTask OnRequestAsync(GatewayCall call, CancellationToken cancellationToken) => default;

    public ValueTask OnStreamEventAsync(GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken) => default;

    public ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken) => default;

    public ValueTask OnErrorAsync(GatewayCall call, GatewayError error, Exception? exception, CancellationToken cancellationToken) => default;
}
