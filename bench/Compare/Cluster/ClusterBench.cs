using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Cluster;

/// <summary>Measures a cluster on this machine against the standalone gateway; each part and each number of silos with processes that are fresh.</summary>
internal static class ClusterBench
{
    /// <summary>Measures what the options ask for, and prints and writes the report.</summary>
    /// <returns>0; or 1 when something could not be measured. Goals not reached are reported, not failures.</returns>
    public static async Task<int> RunAsync(ClusterOptions options, FileInfo? output, CancellationToken cancellationToken)
    {
        var failed = new List<string>();

        // On the disk of the checkout: both sides keep what they keep there.
        await using (var launcher = new TargetLauncher(besideCheckout: true))
        {
            var upstream = await launcher.StartUpstreamAsync(cancellationToken);
            foreach (var (part, silos) in options.Parts.SelectMany(part => options.Silos.Select(silos => (part, silos))))
            {
                try
                {
                    await MeasureAsync(part, silos, options, launcher, upstream, cancellationToken);
                }
                catch (BenchException exception)
                {
                    failed.Add($"{part.Name}, {silos} silos: {exception.Message}");
                    Say(failed[^1]);
                }
            }
        }

        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Measured {DateTime.UtcNow:yyyy-MM-dd} on {Environment.ProcessorCount} cores shared by generator, provider, both gateways, silos and Redis ({RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}); medians of {options.Rounds} × {options.Duration.TotalSeconds:0.#} s.");
        return await MarkdownReport.FinishAsync(text, options.Parts, failed, output, cancellationToken);
    }

    public static void Say(string line) => Console.Error.WriteLine(line);

    private static async Task MeasureAsync(
        IClusterPart part, int silos, ClusterOptions options, TargetLauncher launcher, Target upstream, CancellationToken cancellationToken)
    {
        Say($"{part.Name}, {silos} silos …");
        var nodes = new ClusterLauncher(launcher, upstream);
        var standalone = await nodes.StartStandaloneAsync(cancellationToken);
        var (frontend, started, redis) = await nodes.StartAsync(silos, cancellationToken);
        var sides = new Sides(upstream, standalone, frontend, started, redis);
        await part.MeasureAsync(options, sides, cancellationToken);

        // Who needs another goes first; the silos at once, for they have nothing to hand over.
        foreach (var first in (Target[])[standalone, frontend])
            await launcher.StopAsync(first);
        await Task.WhenAll(started.Select(launcher.StopAsync));
        await launcher.StopAsync(redis);
    }
}
