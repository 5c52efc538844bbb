using AiGateway.Providers;

namespace AiGateway.Routing.Failover;

/// <summary>A client's request, of which each route gets its own.</summary>
internal interface IRouteRequest
{
    /// <summary>The call's request id, for the log.</summary>
    string Id { get; }

    /// <summary>Whether it may be sent again when a provider may have done it already.</summary>
    bool MayRunTwice { get; }

    /// <summary>Makes what one route is to get, anew, of nothing but the client's request.</summary>
    /// <param name="route">The route.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="Protocol.GatewayException">This route cannot serve the request.</exception>
    ValueTask<ProviderCall> PrepareAsync(Route route, CancellationToken cancellationToken);

    /// <summary>Takes of the limits of a route's provider.</summary>
    /// <param name="route">The route.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>Why the provider may not be asked now; null where it may.</returns>
    ValueTask<Protocol.GatewayError?> EnterAsync(Route route, CancellationToken cancellationToken);

    /// <summary>It goes to a provider now.</summary>
    /// <param name="route">By which route.</param>
    /// <param name="request">What the provider gets.</param>
    void Sending(Route route, ProviderCall request);

    /// <summary>The provider that it went to last took nothing of it.</summary>
    void Refused();

    /// <summary>There is an answer, of which the end is still to come.</summary>
    /// <param name="verdict">Is to hear how it went on.</param>
    void Began(IAnswerVerdict verdict);
}
