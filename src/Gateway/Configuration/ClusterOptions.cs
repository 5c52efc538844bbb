namespace AiGateway.Configuration;

/// <summary>How the nodes of a cluster find each other, as configured under <c>Gateway:Cluster</c>. The standalone gateway has none of it.</summary>
public sealed record ClusterOptions
{
    /// <summary>The cluster's name: nodes of another name are strangers. Default <c>aigateway</c>.</summary>
    public string ClusterId { get; init; } = "aigateway";

    /// <summary>
    /// The IP address at which a silo listens and the other nodes reach it, such as <c>${POD_IP}</c>. Default <c>127.0.0.1</c>: whoever reaches a silo's ports is
    /// trusted, so they belong into a network of their own.
    /// </summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The port at which silos talk to each other. Default 11111.</summary>
    public int SiloPort { get; init; } = 11_111;

    /// <summary>The port at which frontends talk to silos. Default 30000.</summary>
    public int GatewayPort { get; init; } = 30_000;

    /// <summary>
    /// Addresses, separated by <c>;</c>, at which a silo answers <c>/health</c>, <c>/health/ready</c> and <c>/metrics</c>, such as <c>http://0.0.0.0:8081</c>. Default: none.
    /// </summary>
    public string? HealthUrls { get; init; }

    /// <summary>
    /// How long a node that is told to stop goes on to answer new connections, while <c>/health/ready</c> says 503: long enough for balancers to notice, before its
    /// port closes. Default 1 second.
    /// </summary>
    public TimeSpan CloseDelay { get; init; } = TimeSpan.FromSeconds(1);
}
