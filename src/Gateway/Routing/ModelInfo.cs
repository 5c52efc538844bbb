namespace AiGateway.Routing;

/// <summary>A model as <c>GET /v1/models</c> lists it.</summary>
/// <param name="Id">The name that clients ask for.</param>
/// <param name="Created">Seconds since 1970; the gateway's start, since a name has no birthday of its own.</param>
/// <param name="OwnedBy">The name of the provider that serves it.</param>
public sealed record ModelInfo(string Id, long Created, string OwnedBy);
