using System.Net;
using AiGateway.Bench.Compare.Processes;

namespace AiGateway.Bench.Compare;

/// <summary>A running process that answers the lanes.</summary>
internal sealed record Target(string Name, IPEndPoint EndPoint, ChildProcess Process)
{
    public const string Upstream = "upstream";
    public const string Nginx = "nginx";
    public const string Relay = "relay";
    public const string Gateway = "gateway";

    /// <summary>The gateway, with a tenant, a key, limits, budgets and prices besides.</summary>
    public const string Governed = "governed";

    /// <summary>The gateway as it is shipped, in one process.</summary>
    public const string Standalone = "standalone";

    /// <summary>A cluster's frontend.</summary>
    public const string Frontend = "frontend";

    public const string Silo = "silo";
    public const string Redis = "redis";

    /// <summary>Its calls so far.</summary>
    public SentCalls Sent { get; } = new();

    public bool Answers(Lane lane) => !lane.Translated || Name is Gateway or Governed;

    /// <summary>Whether it is compared with the gateway alone, lane by lane: it holds no paced streams.</summary>
    public bool IsVariant => Name is Governed;
}
