using AiGateway.Grains.Silos;
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
}
