using System.ComponentModel;
using System.Diagnostics;

namespace AiGateway.EndToEnd.Tests.Durability.Storage;

/// <summary>A disk in memory, as small as wanted.</summary>
internal static class Tmpfs
{
    public static bool TryMount(string path, string size) => Run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path);

    public static void Unmount(string path) => Run("umount", path);

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
