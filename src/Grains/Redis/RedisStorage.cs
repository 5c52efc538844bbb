using AiGateway.Grains.Engine;

namespace AiGateway.Grains.Redis;

/// <summary>What one silo does for all that is kept in Redis.</summary>
internal sealed class RedisStorage(RedisConnection redis, RedisKeys keys, RedisWebhookQueue webhooks, RedisSweeper sweeper) : IClusterStorage
{
    public Task ListenAsync() => redis.SubscribeAsync(keys.DeliveriesEntered, _ => webhooks.Wake());

    public void WakeSender() => webhooks.Wake();

    public Task<int> SweepAsync(CancellationToken cancellationToken) => sweeper.SweepAsync(cancellationToken);
}
