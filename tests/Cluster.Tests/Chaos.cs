namespace AiGateway.Cluster.Tests;

/// <summary>What befalls a cluster, one thing after the other, as its seed has it: nodes and Redis are killed, told to stop, or frozen for a while, and come back.</summary>
/// <param name="scene">The cluster.</param>
/// <param name="random">The seed's.</param>
/// <param name="log">Told of everything.</param>
internal sealed class Chaos(ClusterScene scene, Random random, Action<string> log)
{
    /// <summary>Has one thing happen, and ends when the cluster is whole again, but for those who have not noticed yet.</summary>
    public async Task StrikeAsync()
    {
        await RestartThoseThatEndedAsync();
        switch (random.Next(12))
        {
            case < 3:
                await KillAsync(Any(scene.Silos));
                break;
            case < 5:
                await KillAsync(Any(scene.Frontends));
                break;
            case < 7:
                await TerminateAsync(Any(scene.Silos));
                break;
            case < 8:
                await TerminateAsync(Any(scene.Frontends));
                break;
            case < 9:
                await FreezeAsync(Any(scene.Silos), TimeSpan.FromMilliseconds(random.Next(500, 12_000)));
                break;
            case < 10:
                await FreezeAsync(Any(scene.Frontends), TimeSpan.FromMilliseconds(random.Next(200, 3000)));
                break;
            case < 11:
                log("Redis is killed");
                await scene.Redis.KillAsync();
                await Task.Delay(random.Next(100, 2000));
                await scene.Redis.RestartAsync();
                break;
            default:
                log("Redis is frozen");
                scene.Redis.Freeze();
                await Task.Delay(random.Next(100, 5000));
                scene.Redis.Thaw();
                break;
        }
    }

    /// <summary>Starts again what has ended: a silo that the others took for dead ends itself when it hears of it.</summary>
    public async Task RestartThoseThatEndedAsync()
    {
        foreach (var node in scene.Nodes.Where(node => node.HasExited).ToList())
        {
            log($"{node.Name} has ended and is started");
            await node.StartAsync();
        }
    }

    private ClusterProcess Any(List<ClusterProcess> nodes) => nodes[random.Next(nodes.Count)];

    private async Task KillAsync(ClusterProcess node)
    {
        log($"{node.Name} is killed");
        node.Kill();
        await node.StartAsync();
    }

    private async Task TerminateAsync(ClusterProcess node)
    {
        log($"{node.Name} is told to stop");
        await node.TerminateAsync();
        await node.StartAsync();
    }

    private async Task FreezeAsync(ClusterProcess node, TimeSpan time)
    {
        log($"{node.Name} is frozen for {time.TotalSeconds:F1} s");
        node.Freeze();
        await Task.Delay(time);
        node.Thaw();
    }
}
