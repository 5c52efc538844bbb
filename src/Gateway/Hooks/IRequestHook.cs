namespace AiGateway.Hooks;

/// <summary>Sees every request before it is routed; may change it, or answer in the provider's place.</summary>
public interface IRequestHook : IGatewayHook
{
    /// <summary>
    /// Runs after authentication. Match <see cref="GatewayCall.Request"/> on its type to know the API; what is changed in it is what
    /// the provider receives. Set <see cref="GatewayCall.Answer"/> to answer without a provider; later request hooks then do not run.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends when the request is ready.</returns>
    ValueTask OnRequestAsync(GatewayCall call, CancellationToken cancellationToken);
}
