using AiGateway.Bench.Compare.Load;

namespace AiGateway.Bench.Compare.Reports;

/// <summary>All that was measured, and medians and ratios of it. What does not exist or failed is null, never zero.</summary>
internal sealed class Results
{
    private readonly List<Measurement> _measured = [];
    private readonly List<PacedResult> _paced = [];

    public List<string> Notes { get; } = [];

    public Dictionary<string, double> Idle { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, double> After { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<PacedResult> Paced => _paced;

    /// <summary>Nothing failed.</summary>
    public bool IsWhole { get; private set; } = true;

    public void Fail(string note)
    {
        IsWhole = false;
        Notes.Add(note);
        Console.Error.WriteLine(note);
    }

    public void Add(Measurement measurement)
    {
        _measured.Add(measurement);
        if (measurement.Fault is { } fault)
            Fail($"{measurement.Target}, {measurement.Lane.Name}, {measurement.Clients} clients, round {measurement.Round} failed: {fault}");
    }

    /// <summary>Nothing that was measured of a lane counts.</summary>
    public void Void(string target, Lane lane, string fault)
    {
        for (var i = 0; i < _measured.Count; i++)
        {
            if (_measured[i].Target == target && _measured[i].Lane == lane)
                _measured[i] = _measured[i] with { Fault = fault };
        }

        Fail($"{target}, {lane.Name} failed: {fault}");
    }

    public void Add(PacedResult result)
    {
        _paced.Add(result);
        if (result.Broken > 0)
            Fail($"{result.Target}, {result.Readers} paced streams: {result.Broken} broken: {result.Fault}");
    }

    public IEnumerable<string> TargetsOf(Lane lane, int clients) =>
        _measured.Where(one => one.Lane == lane && one.Clients == clients).Select(one => one.Target).Distinct()
            .OrderBy(BenchOptions.KnownTargets.ToList().IndexOf);

    /// <summary>The median over the rounds; null when a round failed, as a lane that fails at times is not fast at others.</summary>
    public double? Median(string target, Lane lane, int clients, Func<Measurement, double> value) =>
        Rounds(target, lane, clients) is { Count: > 0 } rounds && rounds.TrueForAll(round => round.Fault is null)
            ? Statistics.Median(rounds.Select(round => (double?)value(round)))
            : null;

    /// <summary>The median of each round's ratio of rates.</summary>
    public double? RateRatio(string target, Lane lane, string to, Lane toLane, int clients) =>
        Paired(target, lane, to, toLane, clients, (one, other) => one.Rate / other.Rate);

    /// <summary>The median of what a target adds in each round to the upstream's own time, in milliseconds.</summary>
    public double? Added(string target, Lane lane, int clients, Func<Measurement, double> value) =>
        target == Target.Upstream ? null : Paired(target, lane, Target.Upstream, lane.Plain, clients, (one, other) => value(one) - value(other));

    /// <summary>The median of each round's difference between two lanes of one target.</summary>
    public double? Difference(string target, Lane lane, Lane other, int clients, Func<Measurement, double> value) =>
        Paired(target, lane, target, other, clients, (one, another) => value(one) - value(another));

    /// <summary>How far apart the rounds of a lane are: what a difference must be above to mean anything.</summary>
    public double? Spread(string target, Lane lane, int clients, Func<Measurement, double> value) =>
        Rounds(target, lane, clients) is { Count: > 1 } rounds ? rounds.Max(value) - rounds.Min(value) : null;

    public double? PeakMegabytes(string target) =>
        _measured.Where(one => one.Target == target).Select(one => one.PeakMegabytes)
            .Concat(_paced.Where(one => one.Target == target).Select(one => one.MemoryPeak))
            .Select(one => (double?)one).Max();

    private double? Paired(string target, Lane lane, string to, Lane toLane, int clients, Func<Measurement, Measurement, double> value)
    {
        var others = Rounds(to, toLane, clients);
        var pairs = Rounds(target, lane, clients).Select(one => (One: one, Other: others.Find(other => other.Round == one.Round))).ToList();
        return pairs.TrueForAll(pair => pair.One.Fault is null && pair.Other is { Fault: null })
            ? Statistics.Median(pairs.Select(pair => (double?)value(pair.One, pair.Other!)))
            : null;
    }

    private List<Measurement> Rounds(string target, Lane lane, int clients) =>
        _measured.FindAll(one => one.Target == target && one.Lane == lane && one.Clients == clients);
}
