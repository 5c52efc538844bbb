using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Grains.Engine;
using AiGateway.Grains.Redis;
using AiGateway.Grains.Silos;
using AiGateway.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AiGateway.Grains.Hosting;

/// <summary>Registers the stores in Redis.</summary>
internal static class RedisServices
{
    public static IServiceCollection AddRedisStores(this IServiceCollection services, RedisOptions options)
    {
        services.TryAddSingleton(new RedisKeys(options.KeyPrefix));
        services.TryAddSingleton(s => new RedisConnection(options.Configuration!, s.GetRequiredService<ClusterMetrics>()));
        services.TryAddSingleton(s =>
        {
            var (redis, keys) = (s.GetRequiredService<RedisConnection>(), s.GetRequiredService<RedisKeys>());
            return new RedisWebhookQueue(redis, keys) { Entered = () => _ = redis.PublishAsync(keys.DeliveriesEntered, "") };
        });
        services.TryAddSingleton(s => new RedisResponseStore(
            s.GetRequiredService<RedisConnection>(), s.GetRequiredService<RedisKeys>(), s.GetRequiredService<RedisWebhookQueue>(), Retention(s), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<RedisConversationStore>();
        services.TryAddSingleton<RedisCompletionStore>();
        services.TryAddSingleton<RedisUsageStore>();
        services.TryAddSingleton(s => new RedisSweeper(
            s.GetRequiredService<RedisConversationStore>(),
            s.GetRequiredService<RedisCompletionStore>(),
            s.GetRequiredService<RedisUsageStore>(),
            Retentions(s),
            s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IRunRegistry>(s => s.GetRequiredService<RedisResponseStore>());
        services.TryAddSingleton<IResponseStore>(s => s.GetRequiredService<RedisResponseStore>());
        services.TryAddSingleton<IWebhookQueue>(s => s.GetRequiredService<RedisWebhookQueue>());
        services.TryAddSingleton<IConversationStore>(s => s.GetRequiredService<RedisConversationStore>());
        services.TryAddSingleton<ICompletionStore>(s => s.GetRequiredService<RedisCompletionStore>());
        services.TryAddSingleton<IKeptSecrets, RedisKeptSecrets>();
        services.TryAddSingleton<IDirectoryStore, RedisDirectoryStore>();
        services.TryAddSingleton<IUsageStore>(s => s.GetRequiredService<RedisUsageStore>());
        services.TryAddSingleton<IClusterStorage, RedisStorage>();
        services.TryAddSingleton<ICreateClaims, RedisCreateClaims>();
        services.TryAddSingleton<IHealthBroadcast, RedisHealthBroadcast>();
        return services;
    }

    private static Func<TimeSpan> Retention(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<GatewayConfiguration>();
        return () => configuration.Current.Storage.Retention;
    }

    private static Func<(TimeSpan Stored, TimeSpan Usage)> Retentions(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<GatewayConfiguration>();
        return () => (configuration.Current.Storage.Retention, configuration.Current.Storage.UsageRetention);
    }
}
