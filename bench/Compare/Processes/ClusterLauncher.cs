using System.Globalization;
using System.Net.Sockets;

namespace AiGateway.Bench.Compare.Processes;

/// <summary>Starts the nodes of a cluster, and the standalone gateway that they are compared with, as they are shipped.</summary>
/// <param name="launcher">Starts processes.</param>
/// <param name="upstream">The provider of all.</param>
internal sealed class ClusterLauncher(TargetLauncher launcher, Target upstream)
{
    // What either side says of every call is not what is measured.
    private static readonly Dictionary<string, string> Quiet = new(StringComparer.Ordinal) { ["Logging__LogLevel__Default"] = "Warning" };

    private static readonly string? RedisPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(path => Path.Combine(path, "redis-server")).FirstOrDefault(File.Exists);

    private int _started;

    /// <summary>Starts a standalone gateway over a file of its own.</summary>
    public async Task<Target> StartStandaloneAsync(CancellationToken cancellationToken)
    {
        var name = $"{Target.Standalone}-{++_started}";
        var config = await WriteAsync(name, GatewayConfiguration.Plain(upstream.EndPoint, name), cancellationToken);
        return await launcher.StartDotnetAsync(
            Target.Standalone, "src/Standalone", "AiGateway.Standalone", "/health/ready", anyStatus: false,
            endPoint => ["--urls", $"http://{endPoint}", "--config", config], cancellationToken, _ => Quiet);
    }

    /// <summary>Starts a cluster: a Redis that keeps what <c>docs/operations.md</c> promises, silos, and a frontend.</summary>
    /// <exception cref="BenchException">A node did not come up, or Redis is not installed.</exception>
    public async Task<(Target Frontend, IReadOnlyList<Target> Silos, Target Redis)> StartAsync(int silos, CancellationToken cancellationToken)
    {
        var redis = await StartRedisAsync(cancellationToken);
        var config = await WriteAsync($"cluster-{++_started}", GatewayConfiguration.Cluster(upstream.EndPoint, redis.EndPoint), cancellationToken);
        var all = new List<Target>();
        for (var i = 0; i < silos; i++)
            all.Add(await StartSiloAsync(config, cancellationToken));
        var frontend = await launcher.StartDotnetAsync(
            Target.Frontend, "src/Frontend", "AiGateway.Frontend", "/health/ready", anyStatus: false,
            endPoint => ["--urls", $"http://{endPoint}", "--config", config], cancellationToken, _ => Quiet);
        return (frontend, all, redis);
    }

    private Task<Target> StartSiloAsync(string config, CancellationToken cancellationToken) => launcher.StartDotnetAsync(
        Target.Silo, "src/Silo", "AiGateway.Silo", "/health/ready", anyStatus: false, _ => ["--config", config], cancellationToken, endPoint => new Dictionary<string, string>(Quiet, StringComparer.Ordinal)
        {
            ["Gateway__Cluster__HealthUrls"] = $"http://{endPoint}",
            ["Gateway__Cluster__SiloPort"] = FreePort.Next().Port.ToString(CultureInfo.InvariantCulture),
            ["Gateway__Cluster__GatewayPort"] = FreePort.Next().Port.ToString(CultureInfo.InvariantCulture),
        });

    private async Task<Target> StartRedisAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(launcher.Folder, $"redis-{++_started}")).FullName;
        var endPoint = FreePort.Next();
        var redis = await launcher.StartAsync(
            Target.Redis,
            endPoint,
            new Dictionary<string, string>(StringComparer.Ordinal),
            RedisPath ?? throw new BenchException("redis-server is not installed"),
            "--bind", endPoint.Address.ToString(), "--port", endPoint.Port.ToString(CultureInfo.InvariantCulture), "--dir", folder,
            "--save", "", "--appendonly", "yes", "--appendfsync", "everysec");
        await Readiness.WaitAsync(
            redis,
            async deadline =>
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(endPoint, deadline);
                await socket.SendAsync("PING\r\n"u8.ToArray(), deadline);
                var answer = new byte[64];
                return answer.AsSpan(0, await socket.ReceiveAsync(answer, deadline)).StartsWith("+PONG"u8);
            },
            cancellationToken);
        return redis;
    }

    private async Task<string> WriteAsync(string name, string configuration, CancellationToken cancellationToken)
    {
        var path = Path.Combine(launcher.Folder, name + ".json");
        await File.WriteAllTextAsync(path, configuration, cancellationToken);
        return path;
    }
}
