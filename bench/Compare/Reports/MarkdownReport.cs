using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AiGateway.Bench.Compare.Load;

namespace AiGateway.Bench.Compare.Reports;

internal static class MarkdownReport
{
    public static string Write(BenchOptions options, Results results)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Measured {DateTime.UtcNow:yyyy-MM-dd} on {Environment.ProcessorCount} cores shared by generator, targets and upstream ({RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}); medians of {options.Rounds} × {options.Duration.TotalSeconds:0.#} s.");
        foreach (var note in results.Notes)
            text.AppendLine().AppendLine($"> {note.ReplaceLineEndings(" ")}");
        foreach (var lane in options.Lanes.Where(lane => options.Clients.Any(clients => results.TargetsOf(lane, clients).Any())))
            WriteLane(text, options, results, lane);
        if (results.Paced.Count > 0)
            WritePaced(text, results);
        WriteMemory(text, results);
        WriteGoals(text, Goal.Judge(results));
        return text.ToString();
    }

    /// <summary>Adds what parts measured to a report that has its head, prints it, and writes it.</summary>
    /// <param name="text">The report.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="failed">What could not be measured.</param>
    /// <param name="output">Where it is written; null for nowhere.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>0; or 1 when something could not be measured. Goals not reached are reported, not failures.</returns>
    public static async Task<int> FinishAsync(
        StringBuilder text, IReadOnlyList<IReportPart> parts, IReadOnlyList<string> failed, FileInfo? output, CancellationToken cancellationToken)
    {
        foreach (var note in failed)
            text.AppendLine().AppendLine($"> {note.ReplaceLineEndings(" ")}");
        foreach (var part in parts)
            part.Write(text);
        WriteGoals(text, parts.SelectMany(part => part.Goals()));

        Console.WriteLine();
        Console.WriteLine(text);
        if (output is not null)
            await File.WriteAllTextAsync(output.FullName, text.ToString(), cancellationToken);
        return failed.Count == 0 ? 0 : 1;
    }

    private static void WriteGoals(StringBuilder text, IEnumerable<Goal> goals)
    {
        text.AppendLine().AppendLine("### Goals").AppendLine().AppendLine("| goal | measured | reached |").AppendLine("|---|---|---|");
        foreach (var goal in goals)
            text.AppendLine($"| {goal.Text} | {goal.Measured ?? "not measured"} | {(goal.Reached ? "yes" : "no")} |");
    }

    public static string Show(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";

    private static void WriteLane(StringBuilder text, BenchOptions options, Results results, Lane lane)
    {
        text.AppendLine().AppendLine($"### {lane.Name}").AppendLine();
        string[] baselines = options.Targets.Contains(Target.Governed) ? [Target.Gateway] : [];
        string[] ratios = [.. lane.Translated ? [$"of own {lane.Plain.Name}"] : new[] { "of relay", "of nginx" }, .. baselines.Select(name => $"of {name}")];
        text.AppendLine($"| clients | target | requests/s | p50 ms | p99 ms | added p50 | added p99 | CPU µs/request | generator cores | others' cores | {string.Join(" | ", ratios)} |");
        text.AppendLine($"|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|{string.Concat(ratios.Select(_ => "--:|"))}");
        foreach (var clients in options.Clients)
        {
            foreach (var target in results.TargetsOf(lane, clients))
            {
                string Median(Func<Measurement, double> value, string format) => Show(results.Median(target, lane, clients, value), format);
                string Added(Func<Measurement, double> value) => Show(results.Added(target, lane, clients, value), "N3");
                string Ratio(string to, Lane toLane) => Show(results.RateRatio(target, lane, to, toLane, clients), "N2");

                text.Append($"| {clients} | {target} | {Median(one => one.Rate, "N0")} | {Median(one => one.P50, "N3")} | {Median(one => one.P99, "N3")} ");
                text.Append($"| {Added(one => one.P50)} | {Added(one => one.P99)} | {Median(one => one.ProcessorPerRequest, "N0")} | {Median(one => one.DriverShare, "N2")} | {Median(one => one.OthersShare, "N2")} ");
                text.Append(lane.Translated ? $"| {Ratio(target, lane.Plain)} |" : $"| {Ratio(Target.Relay, lane)} | {Ratio(Target.Nginx, lane)} |");
                text.AppendJoin("", baselines.Select(baseline => $" {Ratio(baseline, lane)} |")).AppendLine();
            }
        }
    }

    private static void WritePaced(StringBuilder text, Results results)
    {
        text.AppendLine().AppendLine("### Paced streams (64 deltas, 20 ms apart)").AppendLine();
        text.AppendLine("| held | target | streams | lost events | broken streams | late events (> 250 ms) | max gap ms | first delta p50 ms | p99 ms | memory peak MB | after MB |");
        text.AppendLine("|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var one in results.Paced)
            text.AppendLine($"| {one.Readers} | {one.Target} | {one.Streams:N0} | {one.Lost} | {one.Broken} | {one.Late} | {one.MaxGap:N0} | {one.FirstP50:N1} | {one.FirstP99:N1} | {one.MemoryPeak:N0} | {one.MemoryAfter:N0} |");
    }

    private static void WriteMemory(StringBuilder text, Results results)
    {
        text.AppendLine().AppendLine("### Resident memory, MB").AppendLine();
        text.AppendLine("| target | idle | loaded (peak) | after all of it |").AppendLine("|---|--:|--:|--:|");
        foreach (var (target, idle) in results.Idle)
            text.AppendLine($"| {target} | {idle:N0} | {Show(results.PeakMegabytes(target), "N0")} | {results.After.GetValueOrDefault(target):N0} |");
    }
}
