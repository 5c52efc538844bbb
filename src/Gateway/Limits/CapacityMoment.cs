namespace AiGateway.Limits;

/// <summary>The time, read once for all limits that are looked at together.</summary>
/// <param name="Elapsed">Since the process began to count, by a clock that is never set back.</param>
/// <param name="Now">By the calendar, as budgets go.</param>
internal readonly record struct CapacityMoment(TimeSpan Elapsed, DateTimeOffset Now)
{
    // So that no second is negative.
    private const long FirstSecond = 1000;

    /// <summary>The second that it is.</summary>
    public long Second { get; } = FirstSecond + (Elapsed.Ticks / TimeSpan.TicksPerSecond);

    /// <summary>How long it is until a second begins.</summary>
    public TimeSpan Until(long second) => TimeSpan.FromSeconds(second - FirstSecond) - Elapsed;
}
