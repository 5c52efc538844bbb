using System.Diagnostics;
using AiGateway.Bench.Compare.Processes;

namespace AiGateway.Bench.Compare.Load;

/// <summary>Drives a target while the rest of the machine is as quiet as can be had.</summary>
internal static class QuietRun
{
    private const int Attempts = 3;

    /// <summary>Of a core, used by others than us.</summary>
    private const double TolerableShare = 0.2;

    /// <summary>
    /// The least disturbed of up to a few runs: chosen by what others used of the machine, never by how fast the target was.
    /// </summary>
    /// <param name="ours">All that was started: what they use is not others' use.</param>
    /// <param name="target">One of them.</param>
    /// <param name="check">Held against every answer.</param>
    /// <param name="clients">How many at once.</param>
    /// <param name="round">Of which round the run is.</param>
    /// <param name="duration">How long a run takes.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="BenchException">One of ours ended meanwhile.</exception>
    public static async Task<Measurement> RunAsync(
        IReadOnlyList<Target> ours, Target target, BodyCheck check, int clients, int round, TimeSpan duration, CancellationToken cancellationToken)
    {
        Measurement? best = null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var begun = Stopwatch.GetTimestamp();
            var before = MachineUse.Others(ours.Select(one => one.Process));
            var measured = await LoadRun.RunAsync(target, check, clients, round, duration, cancellationToken);
            var others = (MachineUse.Others(ours.Select(one => one.Process)) - before) / Stopwatch.GetElapsedTime(begun);
            measured = measured with { OthersShare = others ?? double.NaN };
            RequireAlive(ours);
            if (measured.Fault is not null)
                return measured;
            if (best is null || measured.OthersShare < best.OthersShare)
                best = measured;
            if (!(best.OthersShare > TolerableShare))
                break;
        }

        return best!;
    }

    /// <summary>Nothing measured after a process has ended means anything.</summary>
    /// <exception cref="BenchException">One has ended.</exception>
    public static void RequireAlive(IEnumerable<Target> targets)
    {
        if (targets.FirstOrDefault(target => target.Process.HasExited) is { } ended)
            throw new BenchException($"{ended.Name} ended while it was measured, with code {ended.Process.ExitCode}. {ended.Process.Output}");
    }
}
