namespace AiGateway.Webhooks;

/// <summary>What came of trying to deliver.</summary>
/// <param name="Status">The answer's status; null where none came.</param>
/// <param name="Failure">Why none came, in words for the log; null where one did.</param>
/// <param name="RetryAfter">How long the endpoint asks to be left alone; null where it does not.</param>
internal readonly record struct WebhookAttempt(int? Status, string? Failure = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the endpoint took it.</summary>
    public bool IsDelivered => Status is >= 200 and < 300;

    /// <summary>Whether the endpoint will never take it: 410 Gone says that nobody is to ask again.</summary>
    public bool IsFinal => Status == 410;

    /// <summary>Whether the endpoint itself is down or overrun, so that others of its deliveries would fare no better. Any other status may be for this one event.</summary>
    public bool IsOfEndpoint => Status is null or 408 or 429 or 502 or 503 or 504;

    /// <summary>The outcome in words for the log.</summary>
    public string Reason => Failure ?? $"answered {Status}";
}
