namespace AiGateway.Bench.Compare.Cluster;

/// <summary>What is compared: the same requests to a standalone gateway and to a cluster's frontend, before the same provider.</summary>
/// <param name="Upstream">The provider of both.</param>
/// <param name="Standalone">The gateway in one process, over a file.</param>
/// <param name="Frontend">Where the cluster is asked.</param>
/// <param name="Silos">Where its background responses run.</param>
/// <param name="Redis">Where everything of it is kept.</param>
internal sealed record Sides(Target Upstream, Target Standalone, Target Frontend, IReadOnlyList<Target> Silos, Target Redis)
{
    /// <summary>All processes.</summary>
    public IReadOnlyList<Target> All { get; } = [Upstream, Standalone, Frontend, .. Silos, Redis];

    /// <summary>The two that are asked, in the order of a round: it alternates.</summary>
    public IEnumerable<Target> InOrder(int round) => round % 2 == 0 ? [Frontend, Standalone] : [Standalone, Frontend];
}
