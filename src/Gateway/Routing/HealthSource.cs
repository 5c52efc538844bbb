namespace AiGateway.Routing;

/// <summary>How it is known that a provider is well or is not.</summary>
public enum HealthSource
{
    /// <summary>By calls: a circuit breaker opened, or a call that tried it again was answered.</summary>
    Calls,

    /// <summary>By health checks.</summary>
    Checks,
}
