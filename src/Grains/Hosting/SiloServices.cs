using AiGateway.Engine;
using AiGateway.Grains.Limits;
using AiGateway.Grains.Silos;
using AiGateway.Limits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime;

namespace AiGateway.Grains.Hosting;

/// <summary>Registers what a silo has besides its storage and the gateway's own services.</summary>
internal static class SiloServices
{
    public static IServiceCollection AddResponseGrains(this IServiceCollection services)
    {
        services.AddMemoryMessages();
        services.TryAddSingleton<ClusterTimes>();
        services.TryAddSingleton<ClusterMetrics>();
        services.TryAddSingleton<CapacityBlocks>();
        services.TryAddSingleton(s => new CapacityTerms(s.GetRequiredService<CapacityBlocks>(), Spent(s), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<SiloIdentity>();
        services.TryAddSingleton<SiloPeers>();
        services.TryAddSingleton<SiloRuns>();
        services.TryAddSingleton<EventStreams>();
        services.TryAddSingleton<SiloRecovery>();
        services.TryAddSingleton<SiloDrain>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<SiloRecovery>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<SiloDrain>());
        return services;
    }

    // What the cluster keeps of usage, where it does; what is used from then on the grain counts itself.
    private static SpentBefore Spent(IServiceProvider services) =>
        services.GetService<IUsageStore>() is { } usage
            ? (scope, name, since, cancellationToken) => scope is "key" or "tenant" ? usage.SpentAsync(scope, name, since, cancellationToken) : default
            : (_, _, _, _) => default;
}
