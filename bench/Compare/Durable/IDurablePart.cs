using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>One thing to be measured of responses that are kept.</summary>
internal interface IDurablePart : IReportPart
{
    /// <summary>Measures it.</summary>
    /// <exception cref="BenchException">It could not be measured.</exception>
    Task MeasureAsync(DurableSetting setting, CancellationToken cancellationToken);
}
