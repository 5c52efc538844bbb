using System.Text;

namespace AiGateway.Bench.Compare.Reports;

/// <summary>One thing that was measured, and has tables and goals of its own.</summary>
internal interface IReportPart
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>Adds the tables of what was measured.</summary>
    void Write(StringBuilder text);

    /// <summary>What the project set itself to reach.</summary>
    IEnumerable<Goal> Goals();
}
