using System.Globalization;
using AiGateway.Providers;
using AiGateway.Routing;

namespace AiGateway.Configuration;

/// <summary>What the settings of retries, breakers and health checks must be.</summary>
internal static class RoutingValidator
{
    private const int MostRetries = 10;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Most = TimeSpan.FromDays(1);

    public static void Retry(string path, RetryOptions options, List<string> problems)
    {
        if (options.MaxRetries is < 0 or > MostRetries)
            problems.Add($"{path}:MaxRetries must be from 0 to {MostRetries}.");
        Between($"{path}:BaseDelay", options.BaseDelay, TimeSpan.FromMilliseconds(1), Most, problems);
        Between($"{path}:MaxDelay", options.MaxDelay, TimeSpan.FromMilliseconds(1), Most, problems);
        Between($"{path}:MaxRetryAfter", options.MaxRetryAfter, TimeSpan.Zero, Most, problems);
        if (options.MaxDelay < options.BaseDelay)
            problems.Add($"{path}:MaxDelay must not be shorter than BaseDelay.");
    }

    public static void Breaker(string path, BreakerOptions? options, List<string> problems)
    {
        if (options is null)
            return;
        if (options.FailureRatio is not (> 0 and <= 1))
            problems.Add($"{path}:FailureRatio must be above 0 and at most 1.");
        if (options.MinimumCalls < 2)
            problems.Add($"{path}:MinimumCalls must be at least 2.");
        Between($"{path}:Window", options.Window, Least, Most, problems);
        Between($"{path}:BreakDuration", options.BreakDuration, Least, Most, problems);
    }

    public static void HealthCheck(string path, HealthCheckOptions? options, List<string> problems)
    {
        if (options is null)
            return;
        Between($"{path}:Interval", options.Interval, TimeSpan.FromSeconds(1), Most, problems);
        Between($"{path}:Timeout", options.Timeout, TimeSpan.FromMilliseconds(1), Most, problems);
        if (options.UnhealthyAfter < 1)
            problems.Add($"{path}:UnhealthyAfter must be at least 1.");
        if (options.HealthyAfter < 1)
            problems.Add($"{path}:HealthyAfter must be at least 1.");
    }

    private static void Between(string path, TimeSpan value, TimeSpan least, TimeSpan most, List<string> problems)
    {
        if (value < least || value > most)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path} must be from {least} to {most}."));
    }
}
