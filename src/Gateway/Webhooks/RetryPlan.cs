using AiGateway.Engine;

namespace AiGateway.Webhooks;

/// <summary>When what failed is tried again.</summary>
internal sealed record RetryPlan
{
    // What an endpoint may ask for; more is a mistake.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(1);

    /// <summary>The wait after the first failure; it doubles with each further one.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two attempts of one delivery.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest time that an endpoint which is down is left alone: then one delivery tries whether it is back.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to leave a storage alone that cannot be used.</summary>
    public TimeSpan StoragePause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From 0 to 1: takes up to a quarter off a wait, so that what failed together does not come back together.</summary>
    public Func<double> Chance { get; init; } = Random.Shared.NextDouble;

    /// <summary>When to try a delivery again.</summary>
    /// <param name="delivery">The delivery, with the attempts before this one.</param>
    /// <param name="attempt">What came of this one.</param>
    /// <param name="giveUpAfter">How long after the event there may be another.</param>
    /// <param name="now">The time now.</param>
    /// <returns>The time; null to give it up.</returns>
    public DateTimeOffset? Next(WebhookDelivery delivery, WebhookAttempt attempt, TimeSpan giveUpAfter, DateTimeOffset now)
    {
        if (attempt.IsFinal)
            return null;
        var at = now + Later(Wait(delivery.Attempts + 1, Longest), Asked(attempt));
        return at <= WebhookEvent.CreatedAt(delivery.Body) + giveUpAfter ? at : null;
    }

    /// <summary>How long to leave an endpoint alone.</summary>
    /// <param name="failures">How often in a row it was found to be down; 0 where it is not.</param>
    /// <param name="attempt">What came of the last attempt.</param>
    public TimeSpan Pause(int failures, WebhookAttempt attempt) =>
        Later(failures == 0 ? TimeSpan.Zero : Wait(failures, LongestPause), attempt.IsOfEndpoint ? Asked(attempt) : TimeSpan.Zero);

    private static TimeSpan Asked(WebhookAttempt attempt) =>
        attempt.RetryAfter is not { } asked ? TimeSpan.Zero : asked < LongestAsked ? asked : LongestAsked;

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private TimeSpan Wait(int failures, TimeSpan longest)
    {
        var wait = First * Math.Pow(2, Math.Min(failures - 1, 30));
        return (wait < longest ? wait : longest) * (1 - (Chance() / 4));
    }
}
