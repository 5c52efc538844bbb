using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare;

/// <summary>
/// Starts everything, drives it and reports. Targets are driven in turn within each round, in alternating order, so that what else the
/// machine does falls on all of them; only ratios within a round mean anything.
/// </summary>
internal sealed class Comparison
{
    private const int QuietAttempts = 5;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuietCheck = TimeSpan.FromSeconds(1.5);

    private readonly BenchOptions _options;
    private readonly List<Target> _targets = [];
    private readonly Dictionary<(string Target, string Lane), BodyCheck> _checks = [];
    private readonly Results _results = new();

    private Comparison(BenchOptions options) => _options = options;

    /// <summary>Measures what the options ask for, and prints and writes the report.</summary>
    /// <returns>0; or 1 when something could not be measured or went wrong while it was. Goals not reached are reported, not failures.</returns>
    public static async Task<int> RunAsync(BenchOptions options, FileInfo? output, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(options);
        await using (var launcher = new TargetLauncher())
        {
            await comparison.StartAsync(launcher, cancellationToken);
            await comparison.WarmUpAsync(cancellationToken);
            await comparison.DriveAsync(cancellationToken);
            await comparison.CountUsageAsync(cancellationToken);
            if (options.Paced)
                await comparison.HoldAsync(cancellationToken);
            await comparison.RestAsync(cancellationToken);
        }

        var report = MarkdownReport.Write(options, comparison._results);
        Console.WriteLine();
        Console.WriteLine(report);
        if (output is not null)
            await File.WriteAllTextAsync(output.FullName, report, cancellationToken);
        return comparison._results.IsWhole ? 0 : 1;
    }

    private async Task StartAsync(TargetLauncher launcher, CancellationToken cancellationToken)
    {
        var upstream = await launcher.StartUpstreamAsync(cancellationToken);
        _targets.Add(upstream);
        foreach (var name in _options.Targets.Where(name => name != Target.Upstream))
        {
            if (name == Target.Nginx && !TargetLauncher.NginxIsInstalled)
            {
                _results.Notes.Add("nginx is not installed here: left out.");
                continue;
            }

            try
            {
                _targets.Add(await launcher.StartAsync(name, upstream, cancellationToken));
            }
            catch (BenchException exception)
            {
                _results.Fail($"{name} is left out: {exception.Message}");
            }
        }

        foreach (var target in _targets)
            _results.Idle[target.Name] = ProcessUse.Of(target.Process).ResidentMegabytes;
        Say($"started {string.Join(", ", _targets.Select(target => $"{target.Name} ({target.EndPoint})"))}");
    }

    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        foreach (var (target, lane) in Pairs(_targets, _options.Lanes))
        {
            try
            {
                _checks[(target.Name, lane.Name)] = await Preflight.RunAsync(target, _targets[0], lane, cancellationToken);
                Say($"warming up {target.Name}, {lane.Name}");
                await LoadRun.RunAsync(target, _checks[(target.Name, lane.Name)], 16, 0, _options.WarmUp, cancellationToken);
            }
            catch (BenchException exception)
            {
                _results.Fail(exception.Message);
            }
        }
    }

    private async Task DriveAsync(CancellationToken cancellationToken)
    {
        foreach (var clients in _options.Clients)
        {
            for (var round = 1; round <= _options.Rounds; round++)
            {
                var order = round % 2 == 0 ? Enumerable.Reverse(_targets) : _targets;
                foreach (var (target, lane) in Pairs(order, _options.Lanes))
                {
                    if (!_checks.TryGetValue((target.Name, lane.Name), out var check))
                        continue;
                    var measured = await QuietRun.RunAsync(_targets, target, check, clients, round, _options.Duration, cancellationToken);
                    _results.Add(measured);
                    Say($"{clients} clients, round {round}, {lane.Name}, {target.Name}: {measured.Rate:N0}/s, p50 {measured.P50:N3} ms, p99 {measured.P99:N3} ms, others {measured.OthersShare:N2} cores {measured.Fault}");
                }
            }
        }
    }

    /// <summary>A lane whose usage was not recorded, or recorded where it should not be, was not what it is said to be.</summary>
    private async Task CountUsageAsync(CancellationToken cancellationToken)
    {
        foreach (var target in _targets.Where(target => target.IsVariant))
        {
            foreach (var (path, fault) in await UsageCheck.RunAsync(target, cancellationToken))
            {
                foreach (var lane in _options.Lanes.Where(lane => lane.Path == path))
                    _results.Void(target.Name, lane, fault);
            }
        }
    }

    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        foreach (var readers in _options.PacedStreams)
        {
            await WaitForQuietAsync(readers, cancellationToken);
            foreach (var target in _targets.Where(target => !target.IsVariant))
            {
                var held = await PacedRun.RunAsync(target, readers, _options.PacedDuration, cancellationToken);
                QuietRun.RequireAlive(_targets);
                _results.Add(held);
                Say($"{readers} paced streams, {target.Name}: {held.Streams} streams, {held.Lost} lost, {held.Broken} broken, {held.Late} late, gap ≤ {held.MaxGap:N0} ms {held.Fault}");
            }
        }
    }

    /// <summary>While the upstream driven directly is late, the machine is busy with something else, and a gap says nothing of a target.</summary>
    private async Task WaitForQuietAsync(int readers, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= QuietAttempts; attempt++)
        {
            var control = await PacedRun.RunAsync(_targets[0], readers, QuietCheck, cancellationToken);
            if (control.IsClean)
                return;
            Say($"the upstream alone was late by {control.MaxGap:N0} ms at {readers} streams: the machine is busy (attempt {attempt} of {QuietAttempts})");
            await Task.Delay(Rest, cancellationToken);
        }

        _results.Notes.Add($"{readers} paced streams: the machine was busy, the upstream alone was late in each of {QuietAttempts} attempts; gaps say little.");
    }

    private async Task RestAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Rest, cancellationToken);
        foreach (var target in _targets)
            _results.After[target.Name] = ProcessUse.Of(target.Process).ResidentMegabytes;
    }

    private static IEnumerable<(Target Target, Lane Lane)> Pairs(IEnumerable<Target> targets, IEnumerable<Lane> lanes)
    {
        var all = targets.ToList();
        return lanes.SelectMany(lane => all.Where(target => target.Answers(lane)).Select(target => (target, lane)));
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
