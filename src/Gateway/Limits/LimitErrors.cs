using System.Globalization;
using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Limits;

/// <summary>What a caller is told who is over a limit, in OpenAI's words and headers.</summary>
internal static class LimitErrors
{
    // OpenAI's SDKs try again by themselves unless they are told that it is no use.
    private static readonly KeyValuePair<string, string> NoRetry = new("x-should-retry", "false");

    // A minute's window needs no others: every answer says one.
    private static readonly string[] Durations = [.. Enumerable.Range(0, 64).Select(static seconds => Duration((long)seconds))];

    /// <summary>The error: 429.</summary>
    public static GatewayError Of(CapacityRefusal refusal)
    {
        var headers = Headers(refusal.Standing);
        if (refusal.Kind is CapacityKind.BudgetTokens or CapacityKind.BudgetCost || refusal.RetryAfter is null)
            headers = [.. headers, NoRetry];
        return Error(refusal) with
        {
            Headers = headers,
            RetryAfter = refusal.RetryAfter is { } wait && refusal.Kind is not (CapacityKind.BudgetTokens or CapacityKind.BudgetCost) ? GatewayErrors.Seconds(wait) : null,
        };
    }

    /// <summary>How much there is left, as OpenAI's headers say it.</summary>
    public static KeyValuePair<string, string>[] Headers(in CapacityStanding standing)
    {
        var headers = new KeyValuePair<string, string>[(standing.RequestLimit is null ? 0 : 3) + (standing.TokenLimit is null ? 0 : 3)];
        var rest = headers.AsSpan();
        if (standing.RequestLimit is { } requests)
        {
            rest[0] = new("x-ratelimit-limit-requests", Text(requests));
            rest[1] = new("x-ratelimit-remaining-requests", Text(standing.RequestsLeft));
            rest[2] = new("x-ratelimit-reset-requests", Duration(standing.RequestReset));
            rest = rest[3..];
        }

        if (standing.TokenLimit is { } tokens)
        {
            rest[0] = new("x-ratelimit-limit-tokens", Text(tokens));
            rest[1] = new("x-ratelimit-remaining-tokens", Text(standing.TokensLeft));
            rest[2] = new("x-ratelimit-reset-tokens", Duration(standing.TokenReset));
        }

        return headers;
    }

    private static GatewayError Error(CapacityRefusal refusal)
    {
        var whose = $"{refusal.Limit.Scope} '{refusal.Limit.Name}'";
        var again = refusal.RetryAfter is { } wait ? $" Please try again in {GatewayErrors.Seconds(wait)}s." : "";
        return refusal.Kind switch
        {
            CapacityKind.Requests => RateLimit("requests", $"Rate limit reached for {whose} on requests per min (RPM): Limit {Text(refusal.Most)}, Used {Text(refusal.Used)}, Requested 1.{again}"),
            CapacityKind.Tokens when refusal.RetryAfter is null => RateLimit(
                "tokens", $"Request too large for {whose} on tokens per min (TPM): Limit {Text(refusal.Most)}, Requested {Text(refusal.Asked)}. The input or output tokens must be reduced in order to run successfully."),
            CapacityKind.Tokens => RateLimit(
                "tokens", $"Rate limit reached for {whose} on tokens per min (TPM): Limit {Text(refusal.Most)}, Used {Text(refusal.Used)}, Requested {Text(refusal.Asked)}.{again}"),
            CapacityKind.InFlight => RateLimit("requests", $"Too many requests of {whose} are being served at a time.{again}"),
            _ => new GatewayError(
                429,
                "insufficient_quota",
                "insufficient_quota",
                $"You exceeded your current quota: the budget of {whose} is used up, or what is left of it is less than this request may need ({(refusal.Kind == CapacityKind.BudgetTokens ? "tokens" : "cost")}: {Text(refusal.Used)} of {Text(refusal.Most)} used or reserved)."),
        };
    }

    private static GatewayError RateLimit(string type, string message) => new(429, type, "rate_limit_exceeded", message);

    private static string Text(decimal number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // As Go writes durations, which is what OpenAI sends: 6m0s, 59s, 120ms.
    private static string Duration(TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
            return "0s";
        if (time < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMilliseconds):0}ms");
        var seconds = (time.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        return seconds < Durations.Length ? Durations[seconds] : Duration(seconds);
    }

    private static string Duration(long seconds) => seconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s");
}
