using System.Text;
using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Cluster;

/// <summary>One thing that is measured of a cluster.</summary>
internal interface IClusterPart
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>Measures it against a cluster of some number of silos.</summary>
    /// <exception cref="BenchException">It could not be measured.</exception>
    Task MeasureAsync(ClusterOptions options, Sides sides, CancellationToken cancellationToken);

    /// <summary>Adds the tables of what was measured.</summary>
    void Write(StringBuilder text);

    /// <summary>What the project set itself to reach.</summary>
    IEnumerable<Goal> Goals();
}
