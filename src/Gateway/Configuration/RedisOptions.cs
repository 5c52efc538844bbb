namespace AiGateway.Configuration;

/// <summary>Where a cluster keeps its state, as configured under <c>Gateway:Redis</c>. The standalone gateway has its file instead.</summary>
public sealed record RedisOptions
{
    /// <summary>
    /// The server, as StackExchange.Redis has it: <c>host:6379,password=${REDIS_PASSWORD},ssl=true</c>. Null (default): the cluster's nodes find each other on
    /// this machine, and what they keep is gone with the process that holds it.
    /// </summary>
    public string? Configuration { get; init; }

    /// <summary>What every key begins with, so that several clusters may share a server. Default <c>aigateway</c>.</summary>
    public string KeyPrefix { get; init; } = "aigateway";

    /// <inheritdoc/>
    public override string ToString() => Configuration is null ? "no Redis" : "Redis";
}
