using System.Threading.Channels;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>Keeps webhook deliveries in Redis.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
internal sealed class RedisWebhookQueue(RedisConnection redis, RedisKeys keys) : IWebhookQueue
{
    private const string PostponeScript = """
        if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return 0 end
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
        redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
        return 1
        """;

    private const string RemoveScript = """
        redis.call('ZREM', KEYS[1], ARGV[1])
        return redis.call('HDEL', KEYS[2], ARGV[1])
        """;

    private const string DropScript = """
        local count = redis.call('ZCARD', KEYS[1])
        redis.call('DEL', KEYS[1], KEYS[2])
        redis.call('SREM', KEYS[3], ARGV[1])
        return count
        """;

    // Holds at most the one fact that something has entered.
    private readonly Channel<bool> _entered = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Told, once per end, that deliveries entered at this process. Others hear of it by what is published.</summary>
    public Action? Entered { get; set; }

    /// <summary>Ends the waiting here, and elsewhere: a delivery has entered.</summary>
    public void Signal()
    {
        Wake();
        Entered?.Invoke();
    }

    /// <summary>Ends the waiting here.</summary>
    public void Wake() => _entered.Writer.TryWrite(true);

    /// <inheritdoc/>
    public async ValueTask<(IReadOnlyList<WebhookDelivery> Due, DateTimeOffset? Next)> DueAsync(
        string endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        // One more than wanted, to know when the next is due.
        var ids = await redis.CallAsync(database => database.SortedSetRangeByRankAsync(keys.Due(endpoint), 0, limit), cancellationToken);
        if (ids.Length == 0)
            return ([], null);
        var values = await redis.CallAsync(database => database.HashGetAsync(keys.Deliveries(endpoint), ids), cancellationToken);
        var first = ids.Zip(values).Where(pair => !pair.Second.IsNull).Select(pair => DeliveryValue.Read(endpoint, pair.First!, (byte[])pair.Second!)).ToList();
        var due = first.TakeWhile((delivery, i) => i < limit && delivery.DueAt <= now).ToList();
        return (due, first.Count > due.Count ? first[due.Count].DueAt : null);
    }

    /// <inheritdoc/>
    public async ValueTask PostponeAsync(WebhookDelivery delivery) => await redis.RunAsync(
        PostponeScript, Names(delivery.Endpoint), [delivery.Id, RedisTimes.Score(delivery.DueAt), DeliveryValue.Write(delivery)]);

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(WebhookDelivery delivery) => await redis.RunAsync(RemoveScript, Names(delivery.Endpoint), [delivery.Id]);

    /// <inheritdoc/>
    public async ValueTask<int> DropOthersAsync(IReadOnlyCollection<string> endpoints, CancellationToken cancellationToken)
    {
        var known = await redis.CallAsync(database => database.SetMembersAsync(keys.Endpoints), cancellationToken);
        var dropped = 0;
        foreach (var endpoint in known.Select(name => (string)name!).Except(endpoints, StringComparer.Ordinal))
            dropped += (int)await redis.RunAsync(DropScript, [.. Names(endpoint), keys.Endpoints], [endpoint], cancellationToken);
        return dropped;
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _entered.Reader.ReadAsync(cancellationToken);

    private RedisKey[] Names(string endpoint) => [keys.Due(endpoint), keys.Deliveries(endpoint)];
}
