using System.Reflection;

namespace AiGateway.Cluster.Tests;

/// <summary>The executables of the working tree that these tests were built from.</summary>
internal static class Programs
{
    /// <summary>The working tree.</summary>
    public static string Root { get; } = FindRoot();

    public static string Silo { get; } = Find("Silo", "AiGateway.Silo.dll");

    public static string Frontend { get; } = Find("Frontend", "AiGateway.Frontend.dll");

    private static string Find(string project, string file)
    {
        var configuration = typeof(Programs).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        return Path.Combine(Root, "src", project, "bin", configuration, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), file);
    }

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
