using System.Net;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Processes;

/// <summary>The settings of the gateways, each over a database of its own.</summary>
internal static class GatewayConfiguration
{
    public const string AdminKey = "sk-bench-admin-0123456789";

    // High enough to refuse nothing, whatever the machine: what is measured is that they are counted.
    private const string Limits = """{"RequestsPerMinute":1000000000,"TokensPerMinute":1000000000000,"InFlight":1000000}""";
    private const string Budgets = """[{"Per":"month","Tokens":1000000000000000}]""";

    /// <summary>Nobody is asked for a key, and nothing is limited.</summary>
    /// <param name="upstream">Its provider.</param>
    /// <param name="name">Of its database, without extension.</param>
    public static string Plain(IPEndPoint upstream, string name) => Text(upstream, name, "", "", "");

    /// <summary>Everything on: a tenant, the callers' key, limits of all kinds, budgets, prices; and the admin API.</summary>
    public static string Governed(IPEndPoint upstream, string name) => Text(
        upstream,
        name,
        $$""","Limits":{{Limits}}""",
        ""","Price":{"Input":0.15,"CachedInput":0.075,"Output":0.6}""",
        $$""","Tenants":[{"Name":"bench","Limits":{{Limits}},"Budgets":{{Budgets}}}],"Keys":[{"Id":"bench","Key":"{{RequestBytes.CallerKey}}","Tenant":"bench","Limits":{{Limits}},"Budgets":{{Budgets}}}]{{Admin}}""");

    /// <summary>A cluster's, of every node: as plain as <see cref="Plain"/>, and kept in Redis.</summary>
    /// <param name="upstream">Its provider.</param>
    /// <param name="redis">Where everything is kept.</param>
    public static string Cluster(IPEndPoint upstream, IPEndPoint redis) =>
        Text(upstream, "cluster", "", "", $$""","Redis":{"Configuration":"{{redis}}"}""");

    private static string Admin => $$""","Admin":{"Key":"{{AdminKey}}"}""";

    private static string Text(IPEndPoint upstream, string name, string limits, string price, string more) =>
        $$$"""
        {"Gateway":{"Providers":[{"Name":"upstream","BaseUrl":"http://{{{upstream}}}/v1","Apis":["chat"]{{{limits}}} }],
         "Models":[{"Name":"*","Provider":"upstream"{{{limits}}}{{{price}}} }],
         "Storage":{"Path":"{{{name}}}.db"},"Responses":{"MaxRunning":1024}{{{more}}} } }
        """;
}
