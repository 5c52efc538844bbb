using System.Text;
using AiGateway.Bench.Compare.Durable;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Cluster;

/// <summary>The rates of a frontend against those of the standalone gateway, on the same lanes.</summary>
internal sealed class LanesPart : IClusterPart
{
    private const double LeastChat = 0.9;

    private readonly List<(int Silos, Results Results)> _results = [];
    private IReadOnlyList<Lane> _lanes = [];
    private IReadOnlyList<int> _clients = [];

    public string Name => "lanes";

    public async Task MeasureAsync(ClusterOptions options, Sides sides, CancellationToken cancellationToken)
    {
        (_lanes, _clients) = (options.Lanes, options.Clients);
        var results = new Results();
        _results.Add((sides.Silos.Count, results));
        var checks = new Dictionary<(Target, Lane), BodyCheck>();
        foreach (var lane in _lanes)
        {
            foreach (var side in sides.InOrder(1))
            {
                var check = checks[(side, lane)] = await Preflight.RunAsync(side, sides.Upstream, lane, cancellationToken);
                if (lane.Path == Lane.Responses.Path)
                    await KeptCheck.RunAsync(side, lane, lane != Lane.ResponsesStream, cancellationToken);
                await LoadRun.RunAsync(side, check, 16, 0, options.WarmUp, cancellationToken);
            }
        }

        foreach (var clients in _clients)
        {
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var lane in _lanes)
                {
                    foreach (var side in sides.InOrder(round))
                    {
                        var measured = await QuietRun.RunAsync(sides.All, side, checks[(side, lane)], clients, round, options.Duration, cancellationToken);
                        results.Add(measured);
                        ClusterBench.Say($"{clients} clients, round {round}, {lane.Name}, {side.Name}: {measured.Rate:N0}/s, p50 {measured.P50:N3} ms, p99 {measured.P99:N3} ms, others {measured.OthersShare:N2} cores {measured.Fault}");
                    }
                }
            }
        }

        if (!results.IsWhole)
            throw new BenchException(string.Join(' ', results.Notes));
    }

    public void Write(StringBuilder text)
    {
        if (_results.Count == 0)
            return;
        text.AppendLine().AppendLine("### Rates").AppendLine();
        text.AppendLine("| lane | clients | silos | standalone /s | frontend /s | ratio | p50 ms, standalone | frontend | p99 ms, standalone | frontend | CPU µs/request, standalone | frontend alone | others' cores |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var lane in _lanes)
        {
            foreach (var clients in _clients)
            {
                foreach (var (silos, results) in _results)
                    WriteRow(text, lane, clients, silos, results);
            }
        }
    }

    public IEnumerable<Goal> Goals()
    {
        // At the most clients: one alone waits for its own packets, and the machine is not full.
        var most = _clients.Count == 0 ? 0 : _clients[^1];
        foreach (var lane in _lanes.Where(lane => lane.Path == Lane.Chat.Path))
        {
            var found = _results.ConvertAll(one => (one.Silos, Ratio: Ratio(one.Results, lane, most)));
            yield return new Goal(
                $"stateless {lane.Name} through a frontend, at {most} clients: ≥ {LeastChat} of standalone's rate",
                found.Count == 0 || found.Exists(one => one.Ratio is null) ? null : string.Join(", ", found.Select(one => $"{one.Silos} silos: {one.Ratio:N2}")),
                found.Count > 0 && found.TrueForAll(one => one.Ratio >= LeastChat));
        }
    }

    private static double? Ratio(Results results, Lane lane, int clients) => results.RateRatio(Target.Frontend, lane, Target.Standalone, lane, clients);

    private static void WriteRow(StringBuilder text, Lane lane, int clients, int silos, Results results)
    {
        string Of(string side, Func<Measurement, double> value, string format) => MarkdownReport.Show(results.Median(side, lane, clients, value), format);
        string Both(Func<Measurement, double> value, string format) => $"{Of(Target.Standalone, value, format)} | {Of(Target.Frontend, value, format)}";

        text.Append($"| {lane.Name} | {clients} | {silos} | {Both(one => one.Rate, "N0")} | {MarkdownReport.Show(Ratio(results, lane, clients), "N2")} ");
        text.Append($"| {Both(one => one.P50, "N3")} | {Both(one => one.P99, "N3")} | {Both(one => one.ProcessorPerRequest, "N0")} ");
        text.AppendLine($"| {Of(Target.Frontend, one => one.OthersShare, "N2")} |");
    }
}
