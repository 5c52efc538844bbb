namespace AiGateway.Configuration;

/// <summary>Where a cluster keeps its state, as configured under <c>Gateway:Redis</c>. The standalone gateway has its file instead.</summary>
public sealed record RedisOptions
{
    /// <summary>
    /// The server, as StackExchange.Redis has it: <c>host:6379,password=${REDIS_PASSWORD},ssl=true</c>. Null (default): there is one silo, frontends
    /// find it on their own machine, and what it keeps is gone with its process.
    /// </summary>
    public string? Configuration { get; init; }

    /// <summary>What every key begins with, so that several clusters may share a server. Default <c>aigateway</c>.</summary>
    public string KeyPrefix { get; init; } = "aigateway";

    /// <inheritdoc/>
    public override string ToString() => Configuration is null ? "no Redis" : "Redis";

    /// <summary>For how long a node's start waits for the server, before it fails. Zero to an hour. Default a minute.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromMinutes(1);
}
