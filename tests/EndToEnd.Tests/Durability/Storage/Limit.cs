using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace AiGateway.EndToEnd.Tests.Durability.Storage;

/// <summary>The limit on how large the files of a process may become.</summary>
internal static class Limit
{
    public static bool IsThere { get; } = OperatingSystem.IsLinux() && Run("--version");

    /// <summary>Sets it, for a process that runs.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="bytes">Bytes, or <c>unlimited</c>.</param>
    public static void Set(int process, string bytes) =>
        Assert.True(Run("--pid", process.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:"), "prlimit failed.");

    private static bool Run(params string[] arguments)
    {
        try
        {
            using var prlimit = Process.Start(new ProcessStartInfo("prlimit", arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
            prlimit.WaitForExit();
            return prlimit.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
