namespace AiGateway.Routing.Failover;

/// <summary>How it went to try a model's routes once, one after the other.</summary>
/// <param name="Served">The answer; null where there is none.</param>
/// <param name="Error">What to tell the client; null where there is an answer.</param>
/// <param name="IsWorthRetrying">Whether another round could go better, and may be.</param>
/// <param name="Wait">How long the providers asked to be left alone; null where one of them did not.</param>
internal sealed record Round(Served? Served, Exception? Error, bool IsWorthRetrying, TimeSpan? Wait);
