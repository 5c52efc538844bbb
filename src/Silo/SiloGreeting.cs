using System.Globalization;
using AiGateway.Configuration;

namespace AiGateway.Silo;

/// <summary>What a silo says when it is there.</summary>
internal static class SiloGreeting
{
    public static string Of(GatewayOptions options)
    {
        var cluster = options.Cluster;
        return string.Create(CultureInfo.InvariantCulture, $"""

            AiGateway silo of the cluster '{cluster.ClusterId}' at {cluster.Address}:{cluster.SiloPort}; frontends reach it at port {cluster.GatewayPort}
            State: {(options.Redis.Configuration is null ? "in memory, gone with this process: name a server in Gateway:Redis:Configuration to keep it" : "in Redis")}


            """);
    }
}
