namespace AiGateway.Providers;

/// <summary>
/// A circuit breaker, as configured under <c>Gateway:Providers:N:Breaker</c>. It counts as failures: no connection, no answer in time, a broken answer before
/// its first byte, and a status of 500 or more. While it is open, calls go elsewhere; then one call at a time tries whether the provider is back.
/// </summary>
public sealed record BreakerOptions
{
    /// <summary>The share of failed calls in <see cref="Window"/> that opens it, above 0 and up to 1. Default 0.5.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>With fewer calls than this in <see cref="Window"/> it stays closed. At least 2. Default 5.</summary>
    public int MinimumCalls { get; init; } = 5;

    /// <summary>How far back calls are counted. From 0.5 seconds to a day. Default 30 seconds.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it stays open before a call may try the provider again. From 0.5 seconds to a day. Default 15 seconds.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(15);
}
