namespace AiGateway.Grains.Silos;

/// <summary>How patient a cluster is with its nodes.</summary>
internal sealed record ClusterTimes
{
    /// <summary>How often what nobody runs any more is looked for.</summary>
    public TimeSpan RecoveryPeriod { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>For how long a frontend that is not heard of counts as alive.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>How soon to ask again a node that could not answer.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>For how long to ask again, before a client is told that it does not work.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(25);
}
