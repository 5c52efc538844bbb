using AiGateway.Protocol;

namespace AiGateway.Hooks;

/// <summary>Sees every error that a client is told, whatever its source, streamed or not.</summary>
public interface IErrorHook : IGatewayHook
{
    /// <summary>Runs before the error is sent. It cannot change it; what it throws is logged and changes nothing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="error">What the client is told.</param>
    /// <param name="exception">What happened; null where nothing was thrown. May name upstream addresses: not for clients.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends when the hook is done.</returns>
    ValueTask OnErrorAsync(GatewayCall call, GatewayError error, Exception? exception, CancellationToken cancellationToken);
}
