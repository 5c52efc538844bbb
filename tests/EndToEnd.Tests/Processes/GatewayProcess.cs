using System.Collections;
using System.Text.Json;

namespace AiGateway.EndToEnd.Tests.Processes;

/// <summary>The gateway as it is shipped: the executable, in a working directory of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    /// <summary>Any free port of the loopback address.</summary>
    public const string AnyPort = "http://127.0.0.1:0";

    private const string Listening = "Now listening on: ";
    private static readonly string[] OurVariables = ["OPENAI_", "LLM_MODEL", "Gateway__", "ASPNETCORE_", "DOTNET_URLS", "DOTNET_ENVIRONMENT", "Logging__", "Kestrel__", "URLS", "HTTP_PORTS", "HTTPS_PORTS"];
    private static readonly HttpClient Health = new();
    private readonly DirectoryInfo _directory;
    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly string[] _command;
    private ChildProcess _process = null!;

    private GatewayProcess(DirectoryInfo directory, IReadOnlyDictionary<string, string?> environment, string[] command)
    {
        _directory = directory;
        _environment = environment;
        _command = command;
    }

    /// <summary>Scheme, host and port; where it was started to fail, null.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What an SDK is told.</summary>
    public Uri BaseUrl => new(Address, "/v1");

    public ChildProcess Process => _process;

    /// <summary>Its working directory.</summary>
    public string Folder => _directory.FullName;

    /// <summary>The file given as <c>--config</c>.</summary>
    public string ConfigFile => Path.Combine(_directory.FullName, "gateway.json");

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="settings">The section <c>Gateway</c>, written to <see cref="ConfigFile"/>; null for no file.</param>
    /// <param name="environment">Variables besides those of every process.</param>
    /// <param name="urls">Null: <c>--urls</c> is not given.</param>
    public static async Task<GatewayProcess> StartAsync(object? settings = null, IReadOnlyDictionary<string, string?>? environment = null, string? urls = AnyPort)
    {
        var gateway = await LaunchAsync(settings is null ? null : Text(settings), environment, urls is null ? [] : ["--urls", urls]);
        try
        {
            await gateway.UntilListeningAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and waits for nothing.</summary>
    /// <param name="config">The text of the <c>--config</c> file; null for none.</param>
    /// <param name="environment">Variables besides those of every process.</param>
    /// <param name="arguments">Its command line.</param>
    public static async Task<GatewayProcess> LaunchAsync(string? config, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        var directory = Directory.CreateTempSubdirectory("aigateway-e2e-");
        var file = Path.Combine(directory.FullName, "gateway.json");
        if (config is not null)
        {
            await File.WriteAllTextAsync(file, config);
            arguments = [.. arguments, "--config", file];
        }

        return await LaunchAsync(directory, environment, ["dotnet", Repository.StandaloneDll, .. arguments]);
    }

    /// <summary>Starts it in a working directory that is there, and waits until it listens.</summary>
    /// <param name="directory">Deleted in the end.</param>
    /// <param name="settings">The section <c>Gateway</c>.</param>
    /// <param name="environment">Variables besides those of every process.</param>
    /// <param name="through">A command that starts the one behind it; empty for none.</param>
    public static async Task<GatewayProcess> StartInAsync(
        DirectoryInfo directory, object settings, IReadOnlyDictionary<string, string?>? environment = null, params string[] through)
    {
        var file = Path.Combine(directory.FullName, "gateway.json");
        await File.WriteAllTextAsync(file, Text(settings));
        var gateway = await LaunchAsync(directory, environment, [.. through, "dotnet", Repository.StandaloneDll, "--urls", AnyPort, "--config", file]);
        try
        {
            await gateway.UntilListeningAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it: SIGKILL, at once.</summary>
    public void Kill()
    {
        using var process = System.Diagnostics.Process.GetProcessById(_process.Id);
        process.Kill();
    }

    /// <summary>Starts it again where it was, on another port, when it has ended.</summary>
    public async Task RestartAsync()
    {
        await _process.WaitForExitAsync();
        await _process.DisposeAsync();
        _process = await ChildProcess.StartAsync(_directory.FullName, _environment, _command);
        await UntilListeningAsync();
    }

    /// <summary>Has the process do something small and waits for it: where this takes long, so does everything else in it.</summary>
    public async Task TakeTurnAsync()
    {
        using var answer = await Health.GetAsync(new Uri(Address, "/health"));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The text of a configuration file.</summary>
    public static string Text(object settings) => JsonSerializer.Serialize(new { Gateway = settings });

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static async Task<GatewayProcess> LaunchAsync(DirectoryInfo directory, IReadOnlyDictionary<string, string?>? environment, string[] command)
    {
        var gateway = new GatewayProcess(directory, Clean(environment), command);
        gateway._process = await ChildProcess.StartAsync(directory.FullName, gateway._environment, command);
        return gateway;
    }

    private async Task UntilListeningAsync()
    {
        var line = await _process.WaitForLineAsync(l => l.Contains(Listening, StringComparison.Ordinal));
        Address = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
    }

    // What the machine's user has set for a gateway of their own is not for this one.
    private static Dictionary<string, string?> Clean(IReadOnlyDictionary<string, string?>? environment)
    {
        var clean = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (Array.Exists(OurVariables, ours => name.StartsWith(ours, StringComparison.OrdinalIgnoreCase)))
                clean[name] = null;
        }

        foreach (var (name, value) in environment ?? clean)
            clean[name] = value;
        return clean;
    }
}
