using System.Diagnostics;
using System.Globalization;

namespace AiGateway.Bench.Compare.Processes;

/// <summary>What a process and its direct children (nginx's workers) hold and have used.</summary>
internal sealed record ProcessUse(double ResidentMegabytes, TimeSpan Processor)
{
    public static ProcessUse Of(ChildProcess child)
    {
        var use = new ProcessUse(0, TimeSpan.Zero);
        foreach (var id in Family(child.Id))
        {
            try
            {
                using var process = Process.GetProcessById(id);
                use = new ProcessUse(use.ResidentMegabytes + (process.WorkingSet64 / 1e6), use.Processor + process.TotalProcessorTime);
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                // It ended in the meantime; whoever drives it will notice.
            }
        }

        return use;
    }

    private static IEnumerable<int> Family(int id)
    {
        var children = $"/proc/{id}/task/{id}/children";
        return File.Exists(children)
            ? File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture)).Prepend(id)
            : [id];
    }
}
