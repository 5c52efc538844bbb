namespace AiGateway.Metering;

/// <summary>What may be used up in a stretch of time (UTC). Zero allows nothing.</summary>
public sealed record BudgetOptions
{
    /// <summary>The stretches that there are.</summary>
    public static IReadOnlyList<string> Periods { get; } = ["hour", "day", "week", "month", "ever"];

    /// <summary><c>hour</c>, <c>day</c>, <c>week</c> (from Monday), <c>month</c> (default) or <c>ever</c>.</summary>
    public string Per { get; init; } = "month";

    /// <summary>The most tokens, read and written. Null (default): not limited.</summary>
    public long? Tokens { get; init; }

    /// <summary>The most money, in the currency of the prices. Null (default): not limited.</summary>
    public decimal? Cost { get; init; }

    /// <summary>When the stretch began that a time is in.</summary>
    /// <param name="per">One of <see cref="Periods"/>.</param>
    /// <param name="now">The time.</param>
    internal static DateTimeOffset Begin(string per, DateTimeOffset now)
    {
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return per switch
        {
            "hour" => day.AddHours(now.UtcDateTime.Hour),
            "day" => day,
            "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            "month" => day.AddDays(1 - day.Day),
            _ => DateTimeOffset.UnixEpoch,
        };
    }

    /// <summary>When the stretch ends that begins at a time; null for never.</summary>
    internal static DateTimeOffset? End(string per, DateTimeOffset begin) => per switch
    {
        "hour" => begin.AddHours(1),
        "day" => begin.AddDays(1),
        "week" => begin.AddDays(7),
        "month" => begin.AddMonths(1),
        _ => null,
    };
}
