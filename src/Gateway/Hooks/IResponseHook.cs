namespace AiGateway.Hooks;

/// <summary>Sees how every call that a provider (or a request hook) answered came out.</summary>
public interface IResponseHook : IGatewayHook
{
    /// <summary>
    /// Runs when a body is complete and before it is sent, where it may still be changed; for a stream, when its last event was sent
    /// or its client left. Not for errors: those are <see cref="IErrorHook"/>'s.
    /// </summary>
    /// <param name="call">The call, with <see cref="GatewayCall.Usage"/> where the provider told it.</param>
    /// <param name="result">What is answered.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends when the answer is ready.</returns>
    ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken);
}
