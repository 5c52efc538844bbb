using System.Text.Json;
using System.Text.Json.Serialization;
using AiGateway.Grains.Silos;
using AiGateway.Routing;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>Tells a cluster's processes how providers do, by a channel of Redis. What is told while a process has no connection it does not hear, and sees for itself.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
/// <param name="times">How soon to try again to listen.</param>
/// <param name="logger">The log.</param>
internal sealed partial class RedisHealthBroadcast(RedisConnection redis, RedisKeys keys, ClusterTimes times, ILogger<RedisHealthBroadcast> logger) : IHealthBroadcast
{
    private readonly string _process = Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public void Tell(HealthNews news) =>
        _ = redis.PublishAsync(keys.ProviderHealth, JsonSerializer.SerializeToUtf8Bytes(new ToldHealth(_process, news), ToldHealthJson.Default.ToldHealth));

    /// <inheritdoc/>
    public IDisposable Listen(Action<HealthNews> heard)
    {
        var listening = new CancellationTokenSource();
        _ = ListenAsync(message => Hear(message, heard, listening.Token), listening.Token);
        return new Listening(listening);
    }

    // A subscription that is made is made again by itself where the connection breaks; only the first has to be asked for until it is there.
    private async Task ListenAsync(Action<RedisValue> heard, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await redis.SubscribeAsync(keys.ProviderHealth, heard);
                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
            {
                LogNotListening(e.Message);
                await Task.Delay(times.Pause * 10, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Hear(RedisValue message, Action<HealthNews> heard, CancellationToken cancellationToken)
    {
        try
        {
            if (!cancellationToken.IsCancellationRequested
                && JsonSerializer.Deserialize((byte[])message!, ToldHealthJson.Default.ToldHealth) is { } told && told.Process != _process)
            {
                heard(told.News);
            }
        }
        catch (JsonException e)
        {
            // Of another version's node.
            LogUnknown(e.Message);
        }
    }

    [LoggerMessage(5401, LogLevel.Debug, "How providers do elsewhere cannot be heard yet: {Problem}")]
    private partial void LogNotListening(string problem);

    [LoggerMessage(5402, LogLevel.Debug, "How a provider does elsewhere was told in another way than is known here: {Problem}")]
    private partial void LogUnknown(string problem);

    private sealed class Listening(CancellationTokenSource source) : IDisposable
    {
        public void Dispose() => source.Cancel();
    }
}

/// <summary>What is published of a provider.</summary>
/// <param name="Process">Who tells it.</param>
/// <param name="News">What.</param>
internal sealed record ToldHealth(string Process, HealthNews News);

[JsonSerializable(typeof(ToldHealth))]
internal sealed partial class ToldHealthJson : JsonSerializerContext;
