using System.Net;
using static AiGateway.Configuration.GatewayConfiguration;

namespace AiGateway.Configuration;

/// <summary>Finds what is wrong with the settings of a cluster. Never repeats a server's address or password.</summary>
internal static class ClusterValidator
{
    public static void Validate(GatewayOptions options, List<string> problems)
    {
        var (cluster, redis) = (options.Cluster, options.Redis);
        if (redis.Configuration is { } configuration && string.IsNullOrWhiteSpace(configuration))
            problems.Add($"{SectionName}:Redis:Configuration must name a server, such as 'localhost:6379'.");
        if (!IsWord(redis.KeyPrefix))
            problems.Add($"{SectionName}:Redis:KeyPrefix must be letters, digits, '-', '_' and '.' only.");
        if (redis.StartPatience < TimeSpan.Zero || redis.StartPatience > TimeSpan.FromHours(1))
            problems.Add($"{SectionName}:Redis:StartPatience must be from 00:00:00 to 01:00:00.");
        if (!IsWord(cluster.ClusterId))
            problems.Add($"{SectionName}:Cluster:ClusterId must be letters, digits, '-', '_' and '.' only.");
        if (!IPAddress.TryParse(cluster.Address, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            problems.Add($"{SectionName}:Cluster:Address must be the IP address that the other nodes reach this one at.");
        Port(nameof(cluster.SiloPort), cluster.SiloPort, problems);
        Port(nameof(cluster.GatewayPort), cluster.GatewayPort, problems);
        if (cluster.CloseDelay < TimeSpan.Zero || cluster.CloseDelay > TimeSpan.FromHours(1))
            problems.Add($"{SectionName}:Cluster:CloseDelay must be from 00:00:00 to 01:00:00.");
        if (cluster.SiloPort == cluster.GatewayPort)
            problems.Add($"{SectionName}:Cluster:SiloPort and GatewayPort must differ.");
        foreach (var url in cluster.HealthUrls?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                problems.Add($"{SectionName}:Cluster:HealthUrls must be addresses such as 'http://127.0.0.1:8081', separated by ';'.");
        }
    }

    private static void Port(string name, int port, List<string> problems)
    {
        if (port is < 1 or > 65_535)
            problems.Add($"{SectionName}:Cluster:{name} must be from 1 to 65535.");
    }

    // They become parts of keys.
    private static bool IsWord(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
