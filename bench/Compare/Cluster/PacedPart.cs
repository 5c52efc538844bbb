using System.Text;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Reports;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Cluster;

/// <summary>How long a client waits for the first event, and each event is under way, through a frontend and through the standalone gateway.</summary>
internal sealed class PacedPart : IClusterPart
{
    private const double MostDelayP50 = 1.5;
    private const double MostDelayP99 = 8;
    private const double MostFirst = 8;

    private readonly List<Row> _rows = [];

    public string Name => "paced";

    public async Task MeasureAsync(ClusterOptions options, Sides sides, CancellationToken cancellationToken)
    {
        foreach (var kind in options.Kinds)
        {
            foreach (var side in sides.InOrder(1))
                await RunAsync(sides, side, kind, options.Paced[^1], options.WarmUp, cancellationToken);
        }

        foreach (var held in options.Paced)
        {
            foreach (var kind in options.Kinds)
            {
                for (var round = 1; round <= options.Rounds; round++)
                {
                    foreach (var side in sides.InOrder(round))
                    {
                        var (result, others) = await QuietRun.RunAsync(
                            sides.All, () => RunAsync(sides, side, kind, held, options.Duration, cancellationToken), one => one.Fault is not null);
                        _rows.Add(new Row(sides.Silos.Count, held, kind, round, side.Name, result, others));
                        ClusterBench.Say($"{held} {kind} responses, round {round}, {side.Name}: first p50 {result.FirstP50:N2} ms, p99 {result.FirstP99:N2} ms; delay p50 {result.DelayP50:N2} ms, p99 {result.DelayP99:N2} ms; {string.Join(" + ", result.Cores.Select(one => $"{one:N2}"))} cores, others {others:N2} {result.Fault}");
                        if (result.Fault is { } fault)
                            throw new BenchException($"{held} {kind} responses, {side.Name}: {fault}");
                    }
                }
            }
        }
    }

    public void Write(StringBuilder text)
    {
        if (_rows.Count == 0)
            return;
        text.AppendLine().AppendLine($"### Paced responses ({TimedRun.Deltas} deltas, {TimedRun.Interval} ms apart), streamed and stored").AppendLine();
        text.AppendLine("| kind | held | silos | first event p50 ms, standalone | frontend | p99 ms, standalone | frontend | event's delay p50 ms, standalone | frontend | added | p99 ms, standalone | frontend | added | cores, standalone | frontend + silos + Redis | others' cores |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var kind in ClusterOptions.KnownKinds)
        {
            foreach (var group in _rows.Where(row => row.Kind == kind).GroupBy(row => (row.Held, row.Silos)).OrderBy(group => group.Key))
                WriteRow(text, kind, group.Key.Held, group.Key.Silos, [.. group]);
        }
    }

    public IEnumerable<Goal> Goals()
    {
        var most = _rows.Count == 0 ? 0 : _rows.Max(row => row.Held);
        foreach (var kind in ClusterOptions.KnownKinds)
        {
            yield return Judge($"{kind}, {most} responses: delay added to an event ≤ {MostDelayP50} ms p50", kind, rows => Added(rows, one => one.DelayP50), MostDelayP50, held => held == most);
            yield return Judge($"{kind}, {most} responses: delay added to an event ≤ {MostDelayP99} ms p99", kind, rows => Added(rows, one => one.DelayP99), MostDelayP99, held => held == most);
            yield return Judge($"{kind}: first event through a frontend ≤ {MostFirst} ms p50", kind, rows => Median(rows, Target.Frontend, one => one.FirstP50), MostFirst, _ => true);
        }
    }

    private static Task<TimedResult> RunAsync(Sides sides, Target side, string kind, int held, TimeSpan duration, CancellationToken cancellationToken)
    {
        var background = kind == "background" ? "\"background\":true," : "";
        var body = $$"""{"model":"paced-{{TimedRun.Deltas}}-{{TimedRun.Interval}}-timed","input":"Go on.",{{background}}"stream":true}""";
        IReadOnlyList<IReadOnlyList<Target>> used = side == sides.Standalone ? [[side]] : [[side], sides.Silos, [sides.Redis]];
        return TimedRun.RunAsync(side, RequestBytes.Post(side.EndPoint, Lane.Responses.Path, body, streams: true), held, duration, used, cancellationToken);
    }

    private static double? Median(IEnumerable<Row> rows, string side, Func<TimedResult, double> value) =>
        Statistics.Median(rows.Where(row => row.Side == side).Select(row => (double?)value(row.Result)));

    /// <summary>The median of each round's difference.</summary>
    private static double? Added(IReadOnlyList<Row> rows, Func<TimedResult, double> value) => Statistics.Median(
        rows.GroupBy(row => row.Round).Where(round => round.Count() == 2)
            .Select(round => (double?)(value(round.Single(row => row.Side == Target.Frontend).Result) - value(round.Single(row => row.Side == Target.Standalone).Result))));

    private Goal Judge(string text, string kind, Func<IReadOnlyList<Row>, double?> value, double most, Func<int, bool> held)
    {
        var found = _rows.Where(row => row.Kind == kind && held(row.Held)).GroupBy(row => (row.Held, row.Silos)).OrderBy(group => group.Key)
            .Select(group => (group.Key, Value: value([.. group]))).ToList();
        return found.Count == 0 || found.Exists(one => one.Value is null)
            ? new Goal(text, null, Reached: false)
            : new Goal(text, string.Join(", ", found.Select(one => $"{one.Key.Held} at {one.Key.Silos} silos: {one.Value:N2} ms")), found.TrueForAll(one => one.Value <= most));
    }

    private static void WriteRow(StringBuilder text, string kind, int held, int silos, IReadOnlyList<Row> rows)
    {
        string Both(Func<TimedResult, double> value) =>
            $"{MarkdownReport.Show(Median(rows, Target.Standalone, value), "N2")} | {MarkdownReport.Show(Median(rows, Target.Frontend, value), "N2")}";
        string Cores(string side) => string.Join(
            " + ",
            Enumerable.Range(0, rows.First(row => row.Side == side).Result.Cores.Count).Select(i => MarkdownReport.Show(Median(rows, side, one => one.Cores[i]), "N2")));

        text.Append($"| {kind} | {held} | {silos} | {Both(one => one.FirstP50)} | {Both(one => one.FirstP99)} ");
        text.Append($"| {Both(one => one.DelayP50)} | {MarkdownReport.Show(Added(rows, one => one.DelayP50), "N2")} ");
        text.Append($"| {Both(one => one.DelayP99)} | {MarkdownReport.Show(Added(rows, one => one.DelayP99), "N2")} ");
        text.AppendLine($"| {Cores(Target.Standalone)} | {Cores(Target.Frontend)} | {MarkdownReport.Show(Statistics.Median(rows.Select(row => (double?)row.Others)), "N2")} |");
    }

    /// <summary>One side in one round.</summary>
    private sealed record Row(int Silos, int Held, string Kind, int Round, string Side, TimedResult Result, double Others);
}
