using System.Text;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>The same calls with <c>store</c> and without, in turn: the rate that is left, and what is added.</summary>
internal sealed class LanesPart : IDurablePart
{
    private const double LeastRate = 0.7;
    private const double MostAdded = 5;

    private static readonly IReadOnlyList<(Lane Plain, Lane Stored)> Pairs =
    [
        (Lane.Responses, Lane.StoredResponses), (Lane.ResponsesStream, Lane.StoredResponsesStream), (Lane.SteadyStream, Lane.StoredSteadyStream),
    ];

    private readonly Results _results = new();
    private IReadOnlyList<int> _clients = [];

    public string Name => "lanes";

    public async Task MeasureAsync(DurableSetting setting, CancellationToken cancellationToken)
    {
        var gateway = await setting.StartGatewayAsync(this, cancellationToken);
        var options = setting.Options;
        _clients = options.Clients;
        Target[] ours = [setting.Upstream, gateway];
        var lanes = Pairs.SelectMany(pair => new[] { pair.Plain, pair.Stored }).ToList();
        var checks = new Dictionary<Lane, BodyCheck>();
        foreach (var lane in lanes)
        {
            checks[lane] = await Preflight.RunAsync(gateway, setting.Upstream, lane, cancellationToken);
            await KeptCheck.RunAsync(gateway, lane, Pairs.Any(pair => pair.Stored == lane), cancellationToken);
            await LoadRun.RunAsync(gateway, checks[lane], 16, 0, options.WarmUp, cancellationToken);
        }

        foreach (var clients in options.Clients)
        {
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var lane in round % 2 == 0 ? Enumerable.Reverse(lanes) : lanes)
                {
                    var measured = await QuietRun.RunAsync(ours, gateway, checks[lane], clients, round, options.Duration, cancellationToken);
                    _results.Add(measured);
                    DurableSetting.Say($"{clients} clients, round {round}, {lane.Name}: {measured.Rate:N0}/s, p50 {measured.P50:N3} ms, p99 {measured.P99:N3} ms, others {measured.OthersShare:N2} cores {measured.Fault}");
                }
            }
        }

        await setting.StopAsync(gateway);
        if (!_results.IsWhole)
            throw new BenchException(string.Join(' ', _results.Notes));
    }

    public void Write(StringBuilder text)
    {
        foreach (var (plain, stored) in Pairs.Where(pair => _clients.Any(clients => _results.TargetsOf(pair.Stored, clients).Any())))
        {
            text.AppendLine().AppendLine($"### {Title(plain)}").AppendLine();
            var marks = plain.Streams ? " first text p50 ms | p99 ms | added p50 | added p99 | terminal event p50 ms | p99 ms | added p50 | added p99 |" : "";
            text.AppendLine($"| clients | store | requests/s | of store: false | whole call p50 ms | p99 ms | added p50 | added p99 |{marks} CPU µs/request | others' cores |");
            text.AppendLine($"|--:|---|--:|--:|--:|--:|--:|--:|{(plain.Streams ? "--:|--:|--:|--:|--:|--:|--:|--:|" : "")}--:|--:|");
            foreach (var clients in _clients)
            {
                WriteRow(text, plain, plain, clients);
                WriteRow(text, stored, plain, clients);
            }
        }
    }

    public IEnumerable<Goal> Goals()
    {
        var rates = Of(clients => _results.RateRatio(Target.Gateway, Lane.StoredResponsesStream, Target.Gateway, Lane.ResponsesStream, clients));
        yield return Judge(
            $"stored stream: ≥ {LeastRate} of the rate of store: false, at {Most} clients", rates, ratio => $"{ratio:N2}", found => found[^1].Value >= LeastRate);
        yield return Judge(
            $"stored stream, 16 deltas 10 ms apart: added p50 to the terminal event ≤ {MostAdded:N0} ms",
            Of(clients => _results.Difference(Target.Gateway, Lane.StoredSteadyStream, Lane.SteadyStream, clients, one => one.LastP50)),
            added => $"{added:N2} ms",
            found => found.All(one => one.Value <= MostAdded));
        yield return Judge(
            $"stored stream, a burst: added p50 to the terminal event ≤ {MostAdded:N0} ms",
            Of(clients => _results.Difference(Target.Gateway, Lane.StoredResponsesStream, Lane.ResponsesStream, clients, one => one.LastP50)),
            added => $"{added:N2} ms",
            found => found.All(one => one.Value <= MostAdded));

        // Where the machine has time: a stream that has to wait for its turn has its first text later too.
        yield return Judge(
            "stored stream, 16 deltas 10 ms apart: no more p50 to the first text than the rounds of store: false differ by",
            Of(clients => _results.Difference(Target.Gateway, Lane.StoredSteadyStream, Lane.SteadyStream, clients, one => one.TextP50)),
            added => $"{added:N3} ms",
            found => found.All(one => one.Value <= Noise(one.Clients)),
            clients => $" (± {Noise(clients):N3})");
    }

    private int Most => _clients.Count == 0 ? 64 : _clients[^1];

    private double? Noise(int clients) => _results.Spread(Target.Gateway, Lane.SteadyStream, clients, one => one.TextP50);

    private static string Title(Lane lane) => lane.Streams
        ? lane == Lane.SteadyStream ? "Streams of 16 deltas, 10 ms apart" : "Streams in one burst (22 events of the provider)"
        : "Whole responses";

    private void WriteRow(StringBuilder text, Lane lane, Lane plain, int clients)
    {
        var isStored = lane != plain;
        string Median(Func<Measurement, double> value, string format) => MarkdownReport.Show(_results.Median(Target.Gateway, lane, clients, value), format);
        string Added(Func<Measurement, double> value) =>
            MarkdownReport.Show(isStored ? _results.Difference(Target.Gateway, lane, plain, clients, value) : null, "N3");

        text.Append($"| {clients} | {(isStored ? "true" : "false")} | {Median(one => one.Rate, "N0")} ");
        text.Append($"| {MarkdownReport.Show(isStored ? _results.RateRatio(Target.Gateway, lane, Target.Gateway, plain, clients) : 1, "N2")} ");
        text.Append($"| {Median(one => one.P50, "N3")} | {Median(one => one.P99, "N3")} | {Added(one => one.P50)} | {Added(one => one.P99)} ");
        if (lane.Streams)
        {
            text.Append($"| {Median(one => one.TextP50, "N3")} | {Median(one => one.TextP99, "N3")} | {Added(one => one.TextP50)} | {Added(one => one.TextP99)} ");
            text.Append($"| {Median(one => one.LastP50, "N3")} | {Median(one => one.LastP99, "N3")} | {Added(one => one.LastP50)} | {Added(one => one.LastP99)} ");
        }

        text.AppendLine($"| {Median(one => one.ProcessorPerRequest, "N0")} | {Median(one => one.OthersShare, "N2")} |");
    }

    private List<(int Clients, double? Value)> Of(Func<int, double?> value) => [.. _clients.Select(clients => (clients, value(clients)))];

    private static Goal Judge(
        string text,
        List<(int Clients, double? Value)> found,
        Func<double, string> show,
        Func<List<(int Clients, double? Value)>, bool> reached,
        Func<int, string>? more = null) =>
        found.Count == 0 || found.Exists(one => one.Value is null)
            ? new Goal(text, null, Reached: false)
            : new Goal(text, string.Join(", ", found.Select(one => $"{one.Clients}: {show(one.Value!.Value)}{more?.Invoke(one.Clients)}")), reached(found));
}
