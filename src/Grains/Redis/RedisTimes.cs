namespace AiGateway.Grains.Redis;

/// <summary>Times as they stand in Redis.</summary>
internal static class RedisTimes
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>A time as a score: microseconds since 1970, which a double holds exactly.</summary>
    public static long Score(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>A time of its ticks.</summary>
    public static DateTimeOffset Of(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    /// <summary>How long something is kept, in milliseconds; 0 for ever.</summary>
    public static long Milliseconds(TimeSpan retention) => (long)(retention < Longest ? retention : Longest).TotalMilliseconds;
}
