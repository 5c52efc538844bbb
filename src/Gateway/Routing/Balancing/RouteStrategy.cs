namespace AiGateway.Routing.Balancing;

/// <summary>In which order a model's routes of the same priority are tried.</summary>
internal enum RouteStrategy
{
    /// <summary>In the order configured: the others are there for when the first fails.</summary>
    Priority,

    /// <summary>Each in turn.</summary>
    RoundRobin,

    /// <summary>By lot, by their weights.</summary>
    Weighted,

    /// <summary>The provider with the fewest calls in flight first.</summary>
    LeastInFlight,

    /// <summary>The one that began to answer fastest of late first.</summary>
    LowestLatency,
}
