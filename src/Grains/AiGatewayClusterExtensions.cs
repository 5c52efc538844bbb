using AiGateway.AspNetCore;
using AiGateway.Embedded;
using AiGateway.Engine;
using AiGateway.Grains.Engine;
using AiGateway.Grains.Hosting;
using AiGateway.Grains.Limits;
using AiGateway.Grains.Redis;
using AiGateway.Grains.Silos;
using AiGateway.Responses.Running;
using AiGateway.Telemetry;
using AiGateway.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;
using GatewayConfiguration = AiGateway.Configuration.GatewayConfiguration;
using GatewayOptions = AiGateway.Configuration.GatewayOptions;

namespace AiGateway.Grains;

/// <summary>Makes a gateway a node of a cluster.</summary>
public static class AiGatewayClusterExtensions
{
    /// <summary>
    /// Has responses run in a cluster, and keeps everything in <c>Gateway:Redis</c>, instead of in this process. In an application that is a silo too, call
    /// <c>UseOrleans(silo => silo.UseAiGatewayGrains())</c> before; in any other, this makes it a client of the silos.
    /// </summary>
    /// <param name="builder">The gateway.</param>
    /// <returns>The gateway, to go on.</returns>
    /// <exception cref="Configuration.GatewayConfigurationException">The configuration is wrong.</exception>
    public static AiGatewayBuilder UseCluster(this AiGatewayBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var (services, options) = (builder.Services, builder.Settings());
        services.RemoveEmbeddedEngine().RemoveWebhookSender();
        services.TryAddSingleton<ClusterTimes>();
        services.TryAddSingleton<ClusterMetrics>();
        services.AddMemoryMessages();
        services.AddClusterStores(options);
        services.TryAddSingleton<CapacityBlocks>();
        services.AddSingleton<IMetered>(s => s.GetRequiredService<ClusterMetrics>());
        services.TryAddSingleton(s =>
        {
            var capacity = new ClusterCapacity(s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<CapacityBlocks>(), s.GetRequiredService<TimeProvider>());
            s.GetRequiredService<ClusterMetrics>().WatchLeases(capacity.Slack);
            return capacity;
        });
        services.Replace(ServiceDescriptor.Singleton<ICapacity>(s => s.GetRequiredService<ClusterCapacity>()));
        services.TryAddSingleton<ClusterEngine>();
        services.TryAddSingleton<ResponseWatcher>();
        services.TryAddSingleton<IResponseEngine>(s => s.GetRequiredService<ClusterEngine>());
        services.TryAddSingleton(s => new Lazy<IResponseRunner>(s.GetRequiredService<IResponseRunner>));
        if (!services.Any(d => d.ServiceType == typeof(ILocalSiloDetails)))
            services.AddClientFirst(options);

        // Before everything else, Orleans too.
        if (options.Redis.Configuration is not null)
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, RedisAtStart>());

        // After the client: what stops gives back what it holds while grains can still be asked.
        services.AddHostedService(s => s.GetRequiredService<ClusterCapacity>());
        services.AddHostedService(s => s.GetRequiredService<ClusterEngine>());
        return builder;
    }

    /// <summary>
    /// Has a silo run responses. The application calls <c>AddAiGateway(…).UseCluster()</c> too: what a response needs to run are the gateway's own services.
    /// The settings are those of the section <c>Gateway</c> of the silo's configuration.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <returns>The silo, to go on.</returns>
    /// <exception cref="Configuration.GatewayConfigurationException">The configuration is wrong.</exception>
    public static ISiloBuilder UseAiGatewayGrains(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        return silo.UseAiGatewayGrains(GatewayConfiguration.Read(silo.Configuration));
    }

    /// <summary>Has a silo run responses, with settings made in code.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The silo, to go on.</returns>
    public static ISiloBuilder UseAiGatewayGrains(this ISiloBuilder silo, GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(options);
        ClusterSetup.Apply(silo, options);
        silo.Services.AddResponseGrains();
        silo.Services.AddHostedService<ClusterDuties>();
        return silo;
    }

    // Hosted services start in their order: what others read at their start may lie at a silo, and what they write at their end too.
    private static void AddClientFirst(this IServiceCollection services, GatewayOptions options)
    {
        var before = services.Count;
        services.AddOrleansClient(client => ClusterSetup.Apply(client, options));
        var hosted = services.Skip(before).Where(d => d.ServiceType == typeof(IHostedService)).ToList();
        foreach (var descriptor in hosted)
            services.Remove(descriptor);
        for (var i = 0; i < hosted.Count; i++)
            services.Insert(i, hosted[i]);
    }

    private static void AddClusterStores(this IServiceCollection services, GatewayOptions options)
    {
        if (options.Redis.Configuration is not null)
            services.AddRedisStores(options.Redis);
        else
            services.AddMemoryStores();
    }
}
