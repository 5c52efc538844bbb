using AiGateway.AspNetCore;
using AiGateway.Configuration;
using AiGateway.Routing;

namespace AiGateway.Standalone;

/// <summary>The gateway in one process, from start to stop.</summary>
internal static partial class StandaloneGateway
{
    /// <summary>Where it listens unless told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="urls">Where to listen, separated by <c>;</c>; null for what the configuration says, else the default.</param>
    /// <param name="configFile">A settings file; null for none.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string? urls, string? configFile)
    {
        try
        {
            await using var app = Build(urls, configFile, out var hosting);
            await app.StartAsync();
            hosting.Started();
            await Console.Out.WriteAsync(Greeting.Of(app.Urls, app.Services.GetRequiredService<ModelRegistry>().Table));
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (StartFailure.Of(e) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }

    private static WebApplication Build(string? urls, string? configFile, out HostingLog hosting)
    {
        // Files are read again by ConfigurationFile. The framework would watch the whole folder for them, and be woken by every write to a database in it.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        var files = ConfigurationSources.Arrange(builder.Configuration, configFile);
        hosting = new HostingLog();
        hosting.AddTo(builder.Logging, builder.Configuration);

        // Where anything can be logged of it, the host makes an activity and a log scope for every request, for nobody to read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        LoopbackGuard.AddTo(builder.Services);
        builder.Services.AddAiGateway(builder.Configuration).ReturnIdleMemory();
        builder.Services.AddHostedService<OtlpExport>();
        if (urls is not null)
            builder.WebHost.PreferHostingUrls(true);

        var app = builder.Build();
        foreach (var url in urls?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? Default(app.Configuration))
            app.Urls.Add(url);
        var logger = app.Services.GetRequiredService<ILogger<GatewayConfiguration>>();
        foreach (var file in files)
            file.Refused = problem => LogRefused(logger, problem);
        app.MapAiGateway();
        return app;
    }

    private static string[] Default(IConfiguration configuration) =>
        configuration["urls"] is null && configuration["http_ports"] is null && configuration["https_ports"] is null
        && !configuration.GetSection("Kestrel:Endpoints").GetChildren().Any() ? [DefaultUrl] : [];

    [LoggerMessage(110, LogLevel.Error, "The changed configuration file was refused, and the old settings stay: {Problem}")]
    private static partial void LogRefused(ILogger logger, string problem);
}
