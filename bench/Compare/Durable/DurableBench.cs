using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>Measures what it costs that responses are kept, and what can be had of kept ones; each part with a gateway that is fresh.</summary>
internal static class DurableBench
{
    /// <summary>Measures what the options ask for, and prints and writes the report.</summary>
    /// <returns>0; or 1 when something could not be measured. Goals not reached are reported, not failures.</returns>
    public static async Task<int> RunAsync(DurableOptions options, FileInfo? output, CancellationToken cancellationToken)
    {
        var failed = new List<string>();
        var text = new StringBuilder();
        await using (var launcher = new TargetLauncher(besideCheckout: true))
        {
            WriteHead(text, options, DiskFlush.Measure(launcher.Folder));
            var upstream = await launcher.StartUpstreamAsync(cancellationToken);
            var setting = new DurableSetting(options, launcher, upstream);
            foreach (var part in options.Parts)
            {
                try
                {
                    DurableSetting.Say($"{part.Name} …");
                    await part.MeasureAsync(setting, cancellationToken);
                }
                catch (BenchException exception)
                {
                    failed.Add($"{part.Name}: {exception.Message}");
                    DurableSetting.Say(failed[^1]);
                }
            }
        }

        return await MarkdownReport.FinishAsync(text, options.Parts, failed, output, cancellationToken);
    }

    private static void WriteHead(StringBuilder text, DurableOptions options, DiskFlush flush) => text.AppendLine(
        CultureInfo.InvariantCulture,
        $"Measured {DateTime.UtcNow:yyyy-MM-dd} on {Environment.ProcessorCount} cores shared by generator, gateway and upstream ({RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}); lanes are medians of {options.Rounds} × {options.Duration.TotalSeconds:0.#} s. The disk ({flush.Format}) flushes 4 KB in {flush.P50:N2} ms (p50) and {flush.P99:N2} ms (p99).");
}
