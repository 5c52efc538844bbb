using AiGateway.AspNetCore.Admin;
using AiGateway.AspNetCore.OpenApi;
using AiGateway.AspNetCore.WebSockets;
using AiGateway.Configuration;
using AiGateway.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore;

/// <summary>Adds the gateway to an application's services.</summary>
public static class AiGatewayServiceCollectionExtensions
{
    /// <summary>Adds the gateway, configured by the section <c>Gateway</c>, which is followed when it changes.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The application's configuration, not the section.</param>
    /// <returns>The gateway, to add hooks to.</returns>
    public static AiGatewayBuilder AddAiGateway(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddAiGateway(
            s => new GatewayConfiguration(configuration, s.GetRequiredService<ILogger<GatewayConfiguration>>(), s.GetRequiredService<TimeProvider>()),
            () => GatewayConfiguration.Read(configuration));
    }

    /// <summary>Adds the gateway with settings made in code, which do not change.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The gateway, to add hooks to.</returns>
    public static AiGatewayBuilder AddAiGateway(this IServiceCollection services, GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddAiGateway(_ => new GatewayConfiguration(options), () => new GatewayConfiguration(options).Current);
    }

    private static AiGatewayBuilder AddAiGateway(
        this IServiceCollection services, Func<IServiceProvider, GatewayConfiguration> configuration, Func<GatewayOptions> settings)
    {
        services.TryAddSingleton(configuration);
        services.AddGatewayCore();
        services.TryAddSingleton<CallEntry>();
        services.TryAddSingleton<GatewayEndpoints>();
        services.TryAddSingleton<ResponseEndpoints>();
        services.TryAddSingleton<ResponseSockets>();
        services.TryAddSingleton<HealthEndpoints>();
        services.TryAddSingleton<AdminEntry>();
        services.TryAddSingleton<UsageEndpoint>();
        services.TryAddSingleton<AdminEndpoints>();
        services.TryAddSingleton<ConversationEndpoints>();
        services.TryAddSingleton<CompletionEndpoints>();
        services.AddEmbeddedEngine();
        services.TryAddSingleton<ContextEndpoints>();
        services.TryAddSingleton<CrossOrigin>();
        services.TryAddSingleton<OperatorEndpoints>();
        services.AddCors();
        services.AddRouting();
        services.AddOpenApi("v1", options => options.AddDocumentTransformer<GatewayDocumentTransformer>());
        return new AiGatewayBuilder(services, settings);
    }
}
