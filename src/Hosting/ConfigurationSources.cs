using AiGateway.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

namespace AiGateway.Hosting;

/// <summary>Where the settings come from, and which win.</summary>
internal static class ConfigurationSources
{
    // Settings like any other, so that a configuration can change them.
    private static readonly Dictionary<string, string?> Defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
        ["Logging:LogLevel:AiGateway.Configuration"] = "Information",
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-ddTHH:mm:ss.fffZ ",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
    };

    /// <summary>
    /// Puts the defaults first and the file named on the command line before the environment, and has all files read by
    /// <see cref="ConfigurationFile"/>: the framework's source empties itself when a changed file is broken or gone.
    /// </summary>
    /// <param name="configuration">The builder's configuration.</param>
    /// <param name="configFile">The file named on the command line; null for none.</param>
    /// <returns>The files.</returns>
    public static IReadOnlyList<ConfigurationFile> Arrange(ConfigurationManager configuration, string? configFile)
    {
        var files = new List<ConfigurationFile>();
        IList<IConfigurationSource> sources = configuration.Sources;
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is JsonConfigurationSource { Path: { } path } json && json.FileProvider?.GetFileInfo(path).PhysicalPath is { } physical)
            {
                files.Add(new ConfigurationFile(physical, json.Optional));
                sources[i] = files[^1];
            }
        }

        if (configFile is not null)
        {
            files.Add(new ConfigurationFile(configFile));
            var environment = sources.LastOrDefault(s => s is EnvironmentVariablesConfigurationSource);
            sources.Insert(environment is null ? sources.Count : sources.IndexOf(environment), files[^1]);
        }

        sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        return files;
    }
}
