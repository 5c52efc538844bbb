using System.Diagnostics;
using System.Globalization;
using AiGateway.EndToEnd.Tests.Processes;

namespace AiGateway.Cluster.Tests;

/// <summary>A node as it is shipped: the executable, which can be killed, stopped and started again where it was.</summary>
internal sealed class ClusterProcess : IAsyncDisposable
{
    private const string Ready = "Application started";

    private readonly string _folder;
    private readonly Dictionary<string, string?> _environment;
    private readonly string[] _command;
    private ChildProcess? _process;

    private ClusterProcess(string name, string folder, Dictionary<string, string?> environment, string[] command) =>
        (Name, _folder, _environment, _command) = (name, folder, environment, command);

    public string Name { get; }

    /// <summary>Where a frontend is asked; null for a silo.</summary>
    public Uri? Address { get; private init; }

    /// <summary>Where a silo tells how it is; null for a frontend.</summary>
    public Uri? Health { get; private init; }

    /// <summary>A silo's address among the others.</summary>
    public int SiloPort { get; private init; }

    /// <summary>The process of its last start.</summary>
    public int Id => _process!.Id;

    public bool IsRunning { get; private set; }

    /// <summary>All it printed.</summary>
    public string Everything => _process?.Everything ?? "";

    public static ClusterProcess Silo(string name, string folder, string config)
    {
        var (silo, gateway, health) = (Ports.Free(), Ports.Free(), $"http://127.0.0.1:{Ports.Free()}");
        return new ClusterProcess(name, folder, Environment(silo, gateway, health), ["dotnet", Programs.Silo, "--config", config]) { Health = new Uri(health), SiloPort = silo };
    }

    /// <summary>A frontend; with ports of its own, also a silo.</summary>
    public static ClusterProcess Frontend(string name, string folder, string config, bool withSilo = false, int? gatewayPort = null)
    {
        var url = $"http://127.0.0.1:{Ports.Free()}";
        var silo = Ports.Free();
        return new ClusterProcess(
            name,
            folder,
            Environment(silo, gatewayPort ?? Ports.Free(), null),
            ["dotnet", Programs.Frontend, "--config", config, "--urls", url, .. withSilo ? ["--with-silo"] : Array.Empty<string>()])
        {
            Address = new Uri(url),
            SiloPort = silo,
        };
    }

    /// <summary>Sets a variable for the next start.</summary>
    public ClusterProcess With(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    /// <summary>Starts it, and waits until it is there.</summary>
    public async Task StartAsync()
    {
        if (_process is not null)
        {
            await _process.WaitForExitAsync();
            await _process.DisposeAsync();
        }

        _process = await ChildProcess.StartAsync(_folder, _environment, _command);
        IsRunning = true;
        await _process.WaitForLineAsync(line => line.Contains(Ready, StringComparison.Ordinal));
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        IsRunning = false;
        Signal("KILL");
    }

    /// <summary>SIGTERM, and waits until it has ended.</summary>
    public async Task<int> TerminateAsync()
    {
        IsRunning = false;
        Signal("TERM");
        return await _process!.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it is there, and does nothing.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signal("CONT");

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasExited => _process is { } process && !Directory.Exists($"/proc/{process.Id}");

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        if (!HasExited)
        {
            Signal("CONT");
            Signal("KILL");
        }

        await _process.WaitForExitAsync();
        await _process.DisposeAsync();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static Dictionary<string, string?> Environment(int silo, int gateway, string? health)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["OPENAI_API_KEY"] = null,
            ["OPENAI_BASE_URL"] = null,
            ["LLM_MODEL"] = null,
            ["Gateway__Cluster__SiloPort"] = silo.ToString(CultureInfo.InvariantCulture),
            ["Gateway__Cluster__GatewayPort"] = gateway.ToString(CultureInfo.InvariantCulture),
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        if (health is not null)
            variables["Gateway__Cluster__HealthUrls"] = health;
        return variables;
    }
}
