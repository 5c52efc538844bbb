using System.Net;
using AiGateway.Configuration;
using AiGateway.Pipeline;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AiGateway.Hosting;

/// <summary>Without anybody to check callers, refuses addresses that other machines reach: an open gateway spends its owner's money.</summary>
internal static class LoopbackGuard
{
    public static void AddTo(IServiceCollection services) =>
        services.AddOptions<KestrelServerOptions>().Configure<IServiceProvider>((kestrel, provider) =>
        {
            // Called for each address, wherever it is configured, before it is bound.
            kestrel.ConfigureEndpointDefaults(listen => Check(listen, provider));
        });

    private static void Check(ListenOptions listen, IServiceProvider services)
    {
        if (listen.IPEndPoint is not { } endpoint || IPAddress.IsLoopback(endpoint.Address))
            return;
        if (services.GetRequiredService<GatewayConfiguration>().Current.AllowAnonymous || services.GetRequiredService<GatewayPipeline>().Authenticates)
            return;
        throw new GatewayConfigurationException(
            [$"{endpoint} can be reached from other machines, and nobody checks who calls: listen on 127.0.0.1, or set up keys ({GatewayConfiguration.SectionName}:Keys, or {GatewayConfiguration.SectionName}:Admin:Key to make some), or set {GatewayConfiguration.SectionName}:AllowAnonymous to true to serve everybody."]);
    }
}
