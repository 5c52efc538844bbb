namespace AiGateway.Routing;

/// <summary>How a provider does.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="IsUp">Whether calls go to it before they go to those that are down.</param>
/// <param name="Breaker">Its circuit breaker: <c>closed</c>, <c>open</c> or <c>half-open</c>.</param>
/// <param name="IsCheckedDown">Whether its health checks fail.</param>
/// <param name="IsHeardDown">Whether other processes of the cluster say that it is down.</param>
/// <param name="InFlight">Calls whose answers are not read to their end yet.</param>
public sealed record ProviderHealth(string Provider, bool IsUp, string Breaker, bool IsCheckedDown, bool IsHeardDown, long InFlight);
