using System.Net;

namespace AiGateway.Bench.Compare.Processes;

/// <summary>Starts the processes to compare, each on a free loopback port, in a temporary directory that goes with them.</summary>
internal sealed class TargetLauncher : IAsyncDisposable
{
    private const string Configuration = "Release";

    // The same for all of ours: what differs between them is only the program.
    private static readonly Dictionary<string, string> Runtime = new(StringComparer.Ordinal)
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_TieredPGO"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    private readonly string _root = FindRoot();
    private readonly DirectoryInfo _directory;
    private readonly List<ChildProcess> _started = [];

    /// <summary>Starts nothing yet.</summary>
    /// <param name="besideCheckout">Whether the directory is on the disk of the checkout: the usual place may be in memory, where nothing waits for a disk.</param>
    public TargetLauncher(bool besideCheckout = false) =>
        _directory = besideCheckout
            ? Directory.CreateDirectory(Path.Combine(_root, "bench", "Compare", "obj", $"run-{Environment.ProcessId}"))
            : Directory.CreateTempSubdirectory("aigateway-bench-");

    /// <summary>Where the processes write.</summary>
    public string Folder => _directory.FullName;

    public static bool NginxIsInstalled => NginxPath is not null;

    private static string? NginxPath => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Concat(["/usr/sbin", "/usr/local/sbin"]).Select(path => Path.Combine(path, "nginx")).FirstOrDefault(File.Exists);

    public Task<Target> StartUpstreamAsync(CancellationToken cancellationToken) =>
        StartDotnetAsync(Target.Upstream, "tests/Upstream", "AiGateway.Upstream", "/", anyStatus: true, endPoint => ["--urls", $"http://{endPoint}", "--bench"], cancellationToken);

    public Task<Target> StartAsync(string name, Target upstream, CancellationToken cancellationToken) => name switch
    {
        Target.Nginx => StartNginxAsync(upstream, cancellationToken),
        Target.Relay => StartDotnetAsync(
            name, "bench/Relay", "AiGateway.Bench.Relay", "/", anyStatus: true,
            endPoint => ["--urls", $"http://{endPoint}", "--upstream", $"http://{upstream.EndPoint}"], cancellationToken),
        Target.Gateway => StartGatewayAsync(upstream, name, cancellationToken),
        Target.Governed => StartGatewayAsync(name, GatewayConfiguration.Governed(upstream.EndPoint, name), cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "unknown target"),
    };

    /// <summary>Starts a gateway over a database of its own.</summary>
    /// <param name="upstream">Its provider.</param>
    /// <param name="name">The name of its files: configuration, and database where it has one.</param>
    /// <param name="cancellationToken">Gives up waiting for it.</param>
    public async Task<Target> StartGatewayAsync(Target upstream, string name, CancellationToken cancellationToken) =>
        await StartGatewayAsync(Target.Gateway, name, GatewayConfiguration.Plain(upstream.EndPoint, name), cancellationToken);

    /// <summary>Ends a process before the others.</summary>
    public async Task StopAsync(Target target)
    {
        _started.Remove(target.Process);
        await target.Process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_started))
            await process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private Task<Target> StartGatewayAsync(string name, string configuration, CancellationToken cancellationToken) =>
        StartGatewayAsync(name, name, configuration, cancellationToken);

    private async Task<Target> StartGatewayAsync(string target, string file, string configuration, CancellationToken cancellationToken)
    {
        var config = Path.Combine(_directory.FullName, file + ".json");
        await File.WriteAllTextAsync(config, configuration, cancellationToken);
        return await StartDotnetAsync(
            target, "bench/Gateway", "AiGateway.Bench.Gateway", "/health", anyStatus: false,
            endPoint => ["--urls", $"http://{endPoint}", "--config", config], cancellationToken);
    }

    /// <summary>Starts one of our programs, and waits until it answers.</summary>
    /// <param name="name">What it is called here.</param>
    /// <param name="project">Its folder in the repository.</param>
    /// <param name="assembly">Its file, without extension.</param>
    /// <param name="readyPath">What it is asked to know whether it is ready.</param>
    /// <param name="anyStatus">Whether any answer will do.</param>
    /// <param name="arguments">Its command line, by the end point at which it is to answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="variables">Further variables of its environment, by that end point; null for none.</param>
    /// <exception cref="BenchException">It is not built, ended, or did not answer in time.</exception>
    public async Task<Target> StartDotnetAsync(
        string name,
        string project,
        string assembly,
        string readyPath,
        bool anyStatus,
        Func<IPEndPoint, string[]> arguments,
        CancellationToken cancellationToken,
        Func<IPEndPoint, IReadOnlyDictionary<string, string>>? variables = null)
    {
        var program = Path.Combine(_root, project, "bin", Configuration, "net10.0", assembly + ".dll");
        if (!File.Exists(program))
            throw new BenchException($"{program} is not there: bench/run.sh builds it");
        var environment = new Dictionary<string, string>(Runtime, StringComparer.Ordinal);
        var endPoint = FreePort.Next();
        if (variables is not null)
        {
            foreach (var (variable, value) in variables(endPoint))
                environment[variable] = value;
        }

        return await ReadyAsync(name, endPoint, readyPath, anyStatus, environment, "dotnet", [program, .. arguments(endPoint)], cancellationToken);
    }

    private async Task<Target> StartNginxAsync(Target upstream, CancellationToken cancellationToken)
    {
        var endPoint = FreePort.Next();
        var directory = _directory.CreateSubdirectory("nginx").FullName;
        var config = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(config, NginxConfiguration.Text(endPoint, upstream.EndPoint, directory), cancellationToken);
        return await ReadyAsync(
            Target.Nginx, endPoint, "/ready", anyStatus: false, new Dictionary<string, string>(StringComparer.Ordinal),
            NginxPath ?? throw new BenchException("nginx is not installed"), ["-p", directory, "-c", config, "-e", "stderr"], cancellationToken);
    }

    private async Task<Target> ReadyAsync(
        string name, IPEndPoint endPoint, string readyPath, bool anyStatus, Dictionary<string, string> environment, string file, string[] arguments, CancellationToken cancellationToken)
    {
        var target = await StartAsync(name, endPoint, environment, file, arguments);
        await Readiness.WaitAsync(target, readyPath, anyStatus, cancellationToken);
        return target;
    }

    /// <summary>Starts any program; who needs it waits until it is ready.</summary>
    public async Task<Target> StartAsync(string name, IPEndPoint endPoint, IReadOnlyDictionary<string, string> environment, string file, params string[] arguments)
    {
        var process = await ChildProcess.StartAsync(_directory.FullName, environment, file, arguments);
        _started.Add(process);
        return new Target(name, endPoint, process);
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "AiGateway.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new BenchException("AiGateway.sln is in no folder above this program");
    }
}
