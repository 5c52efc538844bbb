using Polly;
using Polly.Retry;

namespace AiGateway.Routing.Failover;

/// <summary>Tries rounds again, by Polly: exponential pauses with jitter, or what the providers asked for.</summary>
internal static class RetryPipeline
{
    /// <summary>Builds one.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="random">The jitter's chance.</param>
    /// <param name="time">What pauses are measured by.</param>
    /// <returns>The pipeline; null where nothing is to be tried again.</returns>
    public static ResiliencePipeline<Round>? Build(RetryOptions options, RandomSource random, TimeProvider time)
    {
        if (options.MaxRetries == 0)
            return null;
        var builder = new ResiliencePipelineBuilder<Round> { TimeProvider = time };
        return builder.AddRetry(new RetryStrategyOptions<Round>
        {
            MaxRetryAttempts = options.MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.BaseDelay,
            MaxDelay = options.MaxDelay,
            Randomizer = random.Next,
            ShouldHandle = args => new(args.Outcome.Result is { IsWorthRetrying: true } round && !(round.Wait > options.MaxRetryAfter)),
            DelayGenerator = args => new(args.Outcome.Result?.Wait),
        }).Build();
    }
}
