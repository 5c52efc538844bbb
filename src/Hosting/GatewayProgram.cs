using System.CommandLine;
using AiGateway.Configuration;

namespace AiGateway.Hosting;

/// <summary>One of the gateway's executables, from start to stop.</summary>
internal static partial class GatewayProgram
{
    /// <summary>Runs until it is stopped.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="setup">Which of them.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string[] args, ProgramSetup setup)
    {
        var commandLine = new CommandLine(setup);
        var parsed = commandLine.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"{parsed.Errors[0].Message} Try --help.");
            return StartFailure.WrongConfiguration;
        }

        // Help and version: everything else is the gateway's own.
        if (parsed.Action is not null)
            return await parsed.InvokeAsync();
        var stopping = CancellationToken.None;
        try
        {
            await using var app = Build(setup, parsed.GetValue(commandLine.Urls), parsed.GetValue(commandLine.ConfigFile), commandLine.HasFlag(parsed), out var hosting);
            stopping = app.Lifetime.ApplicationStopping;
            await app.StartAsync();
            hosting.Started();
            await Console.Out.WriteAsync(setup.Greet(app));
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped while it was starting.
            return 0;
        }
        catch (Exception e) when (StartFailure.Of(e) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }

    private static WebApplication Build(ProgramSetup setup, string? urls, string? configFile, bool hasFlag, out HostingLog hosting)
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
        setup.Add(builder, hasFlag);
        urls ??= setup.Urls?.Invoke(builder.Configuration);
        builder.Services.AddHostedService<OtlpExport>();
        if (urls is not null)
            builder.WebHost.PreferHostingUrls(true);

        var app = builder.Build();
        foreach (var url in urls?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? Default(setup, app.Configuration))
            app.Urls.Add(url);
        var logger = app.Services.GetRequiredService<ILogger<GatewayConfiguration>>();
        foreach (var file in files)
            file.Refused = problem => LogRefused(logger, problem);
        setup.Map(app);
        return app;
    }

    private static string[] Default(ProgramSetup setup, IConfiguration configuration) =>
        setup.DefaultUrl is { } url && configuration["urls"] is null && configuration["http_ports"] is null && configuration["https_ports"] is null
        && !configuration.GetSection("Kestrel:Endpoints").GetChildren().Any() ? [url] : [];

    [LoggerMessage(110, LogLevel.Error, "The changed configuration file was refused, and the old settings stay: {Problem}")]
    private static partial void LogRefused(ILogger logger, string problem);
}
