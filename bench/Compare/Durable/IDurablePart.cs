using System.Text;
using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>One thing to be measured of responses that are kept.</summary>
internal interface IDurablePart
{
    /// <summary>How it is called on the command line.</summary>
    string Name { get; }

    /// <summary>Measures it.</summary>
    /// <exception cref="BenchException">It could not be measured.</exception>
    Task MeasureAsync(DurableSetting setting, CancellationToken cancellationToken);

    /// <summary>Writes its tables.</summary>
    void Write(StringBuilder text);

    /// <summary>What the project set itself to reach.</summary>
    IEnumerable<Goal> Goals();
}
