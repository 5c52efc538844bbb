using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Cluster;

/// <summary>One thing that is measured of a cluster.</summary>
internal interface IClusterPart : IReportPart
{
    /// <summary>Measures it against a cluster of some number of silos.</summary>
    /// <exception cref="BenchException">It could not be measured.</exception>
    Task MeasureAsync(ClusterOptions options, Sides sides, CancellationToken cancellationToken);
}
