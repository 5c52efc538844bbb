using AiGateway.Configuration;
using AiGateway.Hooks;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore;

/// <summary>What <see cref="AiGatewayServiceCollectionExtensions.AddAiGateway(IServiceCollection, Microsoft.Extensions.Configuration.IConfiguration)"/> gives back, to add to.</summary>
public sealed class AiGatewayBuilder
{
    internal AiGatewayBuilder(IServiceCollection services, Func<GatewayOptions> settings) => (Services, Settings) = (services, settings);

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Reads the settings before the application is built: what is registered may depend on them.</summary>
    internal Func<GatewayOptions> Settings { get; }

    /// <summary>Adds a hook behind those added before. The same as registering a singleton <see cref="IGatewayHook"/>.</summary>
    /// <typeparam name="THook">The hook; made once, with its constructor's services.</typeparam>
    /// <returns>This, to go on.</returns>
    public AiGatewayBuilder AddHook<THook>()
        where THook : class, IGatewayHook
    {
        Services.AddSingleton<IGatewayHook, THook>();
        return this;
    }

    /// <summary>
    /// Gives memory back to the system when the gateway has been idle for two seconds after work, by a full and compacting garbage collection. For a process
    /// that is a gateway and nothing else: the collection stops whatever else runs in it, for some tens of milliseconds.
    /// </summary>
    /// <returns>This, to go on.</returns>
    public AiGatewayBuilder ReturnIdleMemory()
    {
        Services.AddHostedService<IdleMemory>();
        return this;
    }

    /// <summary>Adds a hook behind those added before.</summary>
    /// <param name="hook">The hook.</param>
    /// <returns>This, to go on.</returns>
    public AiGatewayBuilder AddHook(IGatewayHook hook)
    {
        Services.AddSingleton(hook);
        return this;
    }
}
