using AiGateway.Providers;
using AiGateway.Routing;

namespace AiGateway.Pipeline;

/// <summary>Makes what one route is to get.</summary>
/// <typeparam name="TState">What it is made of.</typeparam>
/// <param name="route">The route.</param>
/// <param name="state">What it is made of.</param>
/// <param name="cancellationToken">Ends when the client leaves.</param>
internal delegate ValueTask<ProviderCall> RoutePreparation<in TState>(Route route, TState state, CancellationToken cancellationToken);
