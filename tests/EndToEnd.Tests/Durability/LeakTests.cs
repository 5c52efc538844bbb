using AiGateway.EndToEnd.Tests.Durability.Driver;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.Durability;

/// <summary>What clients leave behind that come, drop their connections, resume, cancel and go: nothing, however many there were.</summary>
public sealed class LeakTests(ITestOutputHelper output)
{
    private const int Rounds = 4;
    private const int Clients = 16;
    private const int Calls = 3;

    [LinuxFact]
    public async Task Nothing_of_a_client_stays_behind_when_it_has_gone()
    {
        var seed = DurabilitySettings.Seed;
        output.WriteLine($"Seed {seed}");
        await using var scene = await HistoryScene.StartAsync();
        var usages = new List<ProcessUsage>();
        for (var round = 0; round < Rounds; round++)
        {
            await RoundAsync(scene, seed + (Clients * round));
            usages.Add(await RestingAsync(scene));
            output.WriteLine($"{usages[^1]}");
        }

        // What the first rounds leave is a pool's; a leak would be one of each call's.
        var (first, last) = (usages[1], usages[^1]);
        Assert.InRange(last.Files, 0, first.Files + 20);
        Assert.InRange(last.Sockets, 0, first.Sockets + 10);
        Assert.InRange(last.Threads, 0, first.Threads + 15);
    }

    private static async Task RoundAsync(HistoryScene scene, int seed)
    {
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
        {
            using var client = scene.NewClient();
            var left = Calls;
            await new ClientWalk(seed + i, seed + i, client, scene.History).GoAsync(() => left-- == 0);
        })).WaitAsync(HistoryScene.Patience);
        using var observer = scene.NewClient();
        await scene.NothingIsLeftOpenAsync(observer);
        Assert.Empty(scene.History.Surprises);
    }

    // The server hears of connections that its clients closed a moment later.
    private static async Task<ProcessUsage> RestingAsync(HistoryScene scene)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var now = ProcessUsage.Of(scene.Gateway.Process.Id);
        while (!patience.IsCancellationRequested)
        {
            await Task.Delay(100);
            var last = now;
            now = ProcessUsage.Of(scene.Gateway.Process.Id);
            if (last.Sockets == now.Sockets && last.Files == now.Files)
                break;
        }

        return now;
    }
}
