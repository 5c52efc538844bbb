namespace AiGateway.Providers;

/// <summary>
/// Asks a provider now and then for its list of models, as configured under <c>Gateway:Providers:N:HealthCheck</c>. Any answer below 500 is a good one. A provider
/// that does not pass gets calls only where nobody else serves the model.
/// </summary>
public sealed record HealthCheckOptions
{
    /// <summary>From one check to the next. At least a second. Default 30 seconds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer may take. Default 5 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many checks in a row must fail before it counts as down. Default 2.</summary>
    public int UnhealthyAfter { get; init; } = 2;

    /// <summary>How many checks in a row must pass before it counts as up again. Default 1.</summary>
    public int HealthyAfter { get; init; } = 1;
}
