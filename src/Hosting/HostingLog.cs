namespace AiGateway.Hosting;

/// <summary>Keeps the host and Kestrel from logging a failed start with a stack trace: the program says it in one line.</summary>
internal sealed class HostingLog
{
    private volatile bool _isQuiet = true;

    public void AddTo(ILoggingBuilder logging, IConfiguration configuration)
    {
        foreach (var category in (string[])["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"])
        {
            var least = Configured(configuration, category);
            logging.AddFilter(category, level => !_isQuiet && level >= least);
        }
    }

    /// <summary>Lets them log, from a successful start on.</summary>
    public void Started() => _isQuiet = false;

    // A filter that is a function takes the place of the configured one, so that it has to know it.
    private static LogLevel Configured(IConfiguration configuration, string category)
    {
        while (category.Length > 0)
        {
            if (Enum.TryParse<LogLevel>(configuration[$"Logging:LogLevel:{category}"], ignoreCase: true, out var level))
                return level;
            category = category[..Math.Max(category.LastIndexOf('.'), 0)];
        }

        return Enum.TryParse<LogLevel>(configuration["Logging:LogLevel:Default"], ignoreCase: true, out var standard) ? standard : LogLevel.Warning;
    }
}
