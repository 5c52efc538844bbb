using System.Globalization;
using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Routing.Failover;

/// <summary>Reads what failed attempts say.</summary>
internal static class Failures
{
    /// <summary>What an error status says of trying again.</summary>
    public static FailureKind OfStatus(int status) => status is 408 or 409 or 429 or >= 500 ? FailureKind.DidNotRun : FailureKind.Final;

    /// <summary>What a missing answer says of trying again.</summary>
    public static FailureKind Of(ProviderFailure failure) => failure switch
    {
        ProviderFailure.Unreachable or ProviderFailure.ConnectTimeout => FailureKind.DidNotRun,
        ProviderFailure.TooLarge => FailureKind.Final,
        _ => FailureKind.MayHaveRun,
    };

    /// <summary>
    /// What an error in the place of a stream's first event says of trying again. The provider took the request, and may have done something of it, unless it says
    /// that it has too much to do.
    /// </summary>
    public static FailureKind OfReport(int status) => status switch
    {
        429 or 503 or 529 => FailureKind.DidNotRun,
        408 or 409 or >= 500 => FailureKind.MayHaveRun,
        _ => FailureKind.Final,
    };

    /// <summary>Whether an attempt counts against its provider's health: one that only has too much to do is well.</summary>
    public static bool IsUnwell(ProviderAnswer answer) => answer.Status >= 500;

    /// <inheritdoc cref="IsUnwell(ProviderAnswer)"/>
    public static bool IsUnwell(Exception exception) => exception is ProviderException { Failure: not ProviderFailure.TooLarge } or ReportedException { Error.Status: >= 500 };

    /// <summary>How long a provider asks to be left alone.</summary>
    /// <param name="error">Its error.</param>
    /// <param name="now">The time.</param>
    /// <returns>The time from now, none less than zero; null where it does not say, or not in a way that is known.</returns>
    public static TimeSpan? RetryAfter(GatewayError error, DateTimeOffset now)
    {
        foreach (var (name, value) in error.Headers)
        {
            if (name.Equals("retry-after-ms", StringComparison.OrdinalIgnoreCase)
                && double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds))
            {
                return Within(milliseconds / 1000);
            }
        }

        var text = error.RetryAfter?.Trim();
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return Within(seconds);
        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Within((date - now).TotalSeconds)
            : null;
    }

    private static TimeSpan Within(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, TimeSpan.FromDays(365).TotalSeconds));
}
