namespace AiGateway.Bench.Compare.Load;

/// <summary>One target driven on one lane by a number of clients, once.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="P50">Milliseconds from sending a request to the last byte of its answer.</param>
/// <param name="P99">Milliseconds, likewise.</param>
/// <param name="ProcessorPerRequest">Microseconds of processor time of the target.</param>
/// <param name="DriverShare">Cores that the load generator itself used.</param>
/// <param name="PeakMegabytes">Resident memory of the target, the most seen.</param>
/// <param name="Fault">Why it does not count, or null.</param>
internal sealed record Measurement(
    string Target, Lane Lane, int Clients, int Round, double Rate, double P50, double P99, double ProcessorPerRequest, double DriverShare, double PeakMegabytes, string? Fault)
{
    /// <summary>Cores that everything else on the machine used meanwhile; not a number where that cannot be read.</summary>
    public double OthersShare { get; init; } = double.NaN;

    /// <summary>Milliseconds from sending a request to the first text, of streams of responses.</summary>
    public double TextP50 { get; init; } = double.NaN;

    /// <summary>Milliseconds, likewise.</summary>
    public double TextP99 { get; init; } = double.NaN;

    /// <summary>Milliseconds from sending a request to the terminal event, of streams of responses.</summary>
    public double LastP50 { get; init; } = double.NaN;

    /// <summary>Milliseconds, likewise.</summary>
    public double LastP99 { get; init; } = double.NaN;
}
