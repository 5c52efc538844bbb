using AiGateway.Engine;
using AiGateway.Grains.Engine;
using AiGateway.Grains.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization;

namespace AiGateway.Grains.Hosting;

/// <summary>Registers the stores that ask the silo which holds the cluster's state in its memory.</summary>
internal static class MemoryServices
{
    // What goes to that silo and back, besides what has a message of its own.
    private static readonly HashSet<Type> Sent =
    [
        typeof(ResponseEnd), typeof(ResponseChain), typeof(StoredItem), typeof(PositionedItem), typeof(StoredConversation), typeof(StoredCompletion),
        typeof(CompletionQuery), typeof(WebhookDelivery), typeof(DueDeliveries), typeof(UnendedRun),
        typeof(DirectoryEntry), typeof(UsageRecord), typeof(UsageQuery), typeof(UsageSum),
    ];

    public static IServiceCollection AddMemoryStores(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new MemoryClient(s.GetRequiredService<IGrainFactory>()));
        services.TryAddSingleton<MemoryResponseStore>();
        services.TryAddSingleton<IResponseStore>(s => s.GetRequiredService<MemoryResponseStore>());
        services.TryAddSingleton<IRunRegistry>(s => s.GetRequiredService<MemoryResponseStore>());
        services.TryAddSingleton<IConversationStore, MemoryConversationStore>();
        services.TryAddSingleton<ICompletionStore, MemoryCompletionStore>();
        services.TryAddSingleton<IWebhookQueue, MemoryWebhookQueue>();
        services.TryAddSingleton<IKeptSecrets, MemoryKeptSecrets>();
        services.TryAddSingleton<IDirectoryStore, MemoryDirectoryStore>();
        services.TryAddSingleton<IUsageStore, MemoryUsageStore>();
        services.TryAddSingleton<IClusterStorage, MemoryStorage>();
        return services;
    }

    /// <summary>Has what goes to that silo and back be serialized. Orleans demands it of every node, whether or not it ever sends it.</summary>
    public static IServiceCollection AddMemoryMessages(this IServiceCollection services) =>
        services.AddSerializer(serializer => serializer.AddJsonSerializer(Sent.Contains));
}
