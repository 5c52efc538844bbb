using System.Diagnostics;
using AiGateway.Bench.Compare.Load;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>What the disk itself takes: nothing that is kept can be kept faster.</summary>
/// <param name="Format">The file system.</param>
/// <param name="P50">Milliseconds for 4 KB of a file to be safe.</param>
/// <param name="P99">Milliseconds, likewise.</param>
internal sealed record DiskFlush(string Format, double P50, double P99)
{
    private const int Times = 200;

    /// <summary>Measures it.</summary>
    /// <param name="folder">Where; what is written there is deleted again.</param>
    public static DiskFlush Measure(string folder)
    {
        var path = Path.Combine(folder, "flush");
        var samples = new long[Times];
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            // In place, as a database's log is written most of the time: the file does not grow.
            var page = new byte[4096];
            RandomAccess.Write(file, new byte[Times * page.Length], 0);
            RandomAccess.FlushToDisk(file);
            for (var i = 0; i < Times; i++)
            {
                var start = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, page, (long)i * page.Length);
                RandomAccess.FlushToDisk(file);
                samples[i] = Stopwatch.GetTimestamp() - start;
            }
        }

        File.Delete(path);
        var result = new BatchResult(Times, default, [.. samples.Order()]);
        return new DiskFlush(FormatOf(folder), result.P50, result.P99);
    }

    private static string FormatOf(string folder) =>
        DriveInfo.GetDrives().Where(drive => folder.StartsWith(drive.Name, StringComparison.Ordinal)).MaxBy(drive => drive.Name.Length)?.DriveFormat ?? "unknown";
}
