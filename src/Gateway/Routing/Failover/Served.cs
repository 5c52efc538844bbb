using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Routing.Failover;

/// <summary>An answer, and whose it is.</summary>
/// <param name="Route">The route that led to it.</param>
/// <param name="Request">What the provider was sent.</param>
/// <param name="Answer">The answer, a successful one. The caller's to dispose.</param>
internal readonly record struct Served(Route Route, ProviderCall Request, ProviderAnswer Answer)
{
    /// <summary>The API that the provider was called by.</summary>
    public ApiKind Api => Request.Api;
}
