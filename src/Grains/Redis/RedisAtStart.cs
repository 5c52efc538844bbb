using AiGateway.Configuration;
using AiGateway.Engine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Grains.Redis;

/// <summary>Has a node's start wait for Redis, for a while: a node without it can be nothing, and everything else would fail in its own words.</summary>
/// <param name="redis">The server.</param>
/// <param name="configuration">How patient.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class RedisAtStart(RedisConnection redis, GatewayConfiguration configuration, TimeProvider time, ILogger<RedisAtStart> logger) : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits.</summary>
    /// <exception cref="StorageUnavailableException">It did not answer in time; the message is for operators.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (began, patience) = (time.GetTimestamp(), configuration.Current.Redis.StartPatience);
        var isTold = false;
        while (!await AnswersAsync(cancellationToken))
        {
            if (time.GetElapsedTime(began) >= patience)
            {
                throw new StorageUnavailableException(
                    $"Redis at {redis.Servers} did not answer within {patience.TotalSeconds:0} seconds, or refused the password. Start it, or correct Gateway:Redis:Configuration.");
            }

            if (!isTold)
                LogWaiting(redis.Servers, patience);
            isTold = true;
            await Task.Delay(Pause, time, cancellationToken);
        }

        if (isTold)
            LogThere(redis.Servers);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async ValueTask<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await redis.CallAsync(static database => database.PingAsync(), cancellationToken);
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    [LoggerMessage(5501, LogLevel.Warning, "Redis at {Servers} does not answer: the start waits for it, for up to {Patience}.")]
    private partial void LogWaiting(string servers, TimeSpan patience);

    [LoggerMessage(5502, LogLevel.Warning, "Redis at {Servers} answers: the start goes on.")]
    private partial void LogThere(string servers);
}
