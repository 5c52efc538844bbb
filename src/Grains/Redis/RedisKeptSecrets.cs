using AiGateway.Engine;

namespace AiGateway.Grains.Redis;

/// <summary>Keeps secrets in Redis: the cluster makes each once and shares it. Whoever can read that Redis can read them.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
internal sealed class RedisKeptSecrets(RedisConnection redis, RedisKeys keys) : IKeptSecrets
{
    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetOrCreateAsync(string name, Func<byte[]> create, CancellationToken cancellationToken)
    {
        var kept = await redis.CallAsync(database => database.HashGetAsync(keys.Secrets, name), cancellationToken);
        if (kept.IsNull)
        {
            var made = create();
            await redis.CallAsync(database => database.HashSetAsync(keys.Secrets, name, made, StackExchange.Redis.When.NotExists), cancellationToken);
            kept = await redis.CallAsync(database => database.HashGetAsync(keys.Secrets, name), cancellationToken);
        }

        return (byte[])kept!;
    }
}
