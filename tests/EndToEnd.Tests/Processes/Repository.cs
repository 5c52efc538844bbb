using System.Reflection;

namespace AiGateway.EndToEnd.Tests.Processes;

/// <summary>Where things are in the working tree that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The executable, of the configuration that these tests were built in.</summary>
    public static string StandaloneDll { get; } = Path.Combine(
        Root, "src", "Standalone", "bin", Configuration, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "AiGateway.Standalone.dll");

    /// <summary>The Node tests.</summary>
    public static string NodeTests { get; } = Path.Combine(Root, "tests", "EndToEnd.Tests", "node");

    private static string Configuration => typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "AiGateway.sln")))
                return directory.FullName;
        }

        throw new InvalidOperationException($"No AiGateway.sln above {AppContext.BaseDirectory}.");
    }
}
