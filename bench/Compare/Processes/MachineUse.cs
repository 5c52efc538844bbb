using System.Globalization;

namespace AiGateway.Bench.Compare.Processes;

/// <summary>What everything on the machine has used, so that what is none of ours can be told.</summary>
internal static class MachineUse
{
    /// <summary>All that was not idle.</summary>
    /// <returns>Processor time since the start of the machine; null where that cannot be read.</returns>
    public static TimeSpan? Busy()
    {
        if (!File.Exists("/proc/stat"))
            return null;

        // user nice system idle iowait irq softirq steal, in hundredths of a second.
        using var reader = new StreamReader("/proc/stat");
        var fields = reader.ReadLine()!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return TimeSpan.FromMilliseconds((fields.Sum() - fields[3] - fields[4]) * 10);
    }

    /// <summary>The same without this process and the given ones.</summary>
    public static TimeSpan? Others(IEnumerable<ChildProcess> ours) =>
        Busy() - Environment.CpuUsage.TotalTime - ours.Aggregate(TimeSpan.Zero, (sum, child) => sum + ProcessUse.Of(child).Processor);
}
