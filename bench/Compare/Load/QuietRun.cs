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
        var (measured, others) = await RunAsync(
            ours, () => LoadRun.RunAsync(target, check, clients, round, duration, cancellationToken), one => one.Fault is not null);
        return measured with { OthersShare = others };
    }

    /// <summary>The least disturbed of up to a few runs of any kind.</summary>
    /// <typeparam name="T">What a run tells.</typeparam>
    /// <param name="ours">All that was started: what they use is not others' use.</param>
    /// <param name="run">Measures.</param>
    /// <param name="hasFailed">Whether there is no use in another run.</param>
    /// <returns>What that run told, and the cores that others used meanwhile; not a number where that cannot be read.</returns>
    /// <exception cref="BenchException">One of ours ended meanwhile.</exception>
    public static async Task<(T Measured, double Others)> RunAsync<T>(IReadOnlyList<Target> ours, Func<Task<T>> run, Func<T, bool> hasFailed)
    {
        (T Measured, double Others)? best = null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var begun = Stopwatch.GetTimestamp();
            var before = MachineUse.Others(ours.Select(one => one.Process));
            var measured = await run();
            var others = (MachineUse.Others(ours.Select(one => one.Process)) - before) / Stopwatch.GetElapsedTime(begun) ?? double.NaN;
            RequireAlive(ours);
            if (hasFailed(measured))
                return (measured, others);
            if (best is null || others < best.Value.Others)
                best = (measured, others);
            if (!(best.Value.Others > TolerableShare))
                break;
        }

        return best!.Value;
    }

    /// <summary>Nothing measured after a process has ended means anything.</summary>
    /// <exception cref="BenchException">One has ended.</exception>
    public static void RequireAlive(IEnumerable<Target> targets)
    {
        if (targets.FirstOrDefault(target => target.Process.HasExited) is { } ended)
            throw new BenchException($"{ended.Name} ended while it was measured, with code {ended.Process.ExitCode}. {ended.Process.Output}");
    }
}
