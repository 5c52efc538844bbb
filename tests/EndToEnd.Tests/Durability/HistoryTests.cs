using System.Diagnostics;
using AiGateway.EndToEnd.Tests.Durability.Driver;
using AiGateway.EndToEnd.Tests.Durability.History;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.Durability;

/// <summary>Many clients do all that the API lets them, while the gateway is killed and started again; then what they were told is held against what is there.</summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    [Fact]
    public async Task What_clients_were_told_is_so_however_often_the_gateway_is_killed()
    {
        var seed = DurabilitySettings.Seed;
        output.WriteLine($"Seed {seed}, {DurabilitySettings.Rounds} rounds, {DurabilitySettings.Clients} clients.");
        await using var scene = await HistoryScene.StartAsync();
        using var observer = scene.NewClient();
        var (history, random, over) = (scene.History, new Random(seed), false);
        var walks = Enumerable.Range(0, DurabilitySettings.Clients).Select(i => Task.Run(async () =>
        {
            using var client = scene.NewClient();
            await new ClientWalk(i, seed + i, client, history).GoAsync(() => Volatile.Read(ref over));
        })).ToList();

        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < DurabilitySettings.Rounds; round++)
        {
            await ProgressAsync(history, walks, random.Next(50, 600));
            scene.Gateway.Kill();
            await scene.Gateway.RestartAsync();
        }

        Volatile.Write(ref over, true);
        await Task.WhenAll(walks).WaitAsync(HistoryScene.Patience);
        output.WriteLine($"{history.Responses.Count} responses and {history.Events} events in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s.");
        await scene.NothingIsLeftOpenAsync(observer);
        var final = await Inspection.OfAsync(observer, history);
        output.WriteLine(string.Join(", ", final.Values.GroupBy(f => f.Status).Select(g => $"{g.Count()} {g.Key}")));

        var broken = new HistoryChecker(final).Check(history);
        Assert.True(broken.Count == 0, $"Seed {seed}: {broken.Count} broken promises.\n{string.Join('\n', broken.Take(20))}\n{scene.Gateway.Process.Everything}");

        // A walk in which nothing happened proves nothing.
        Assert.All((string[])["completed", "failed", "cancelled"], status => Assert.Contains(final.Values, f => f.Status == status));
    }

    // So much is told to clients between two kills; a kill falls anywhere.
    private static async Task ProgressAsync(Recorder history, IReadOnlyList<Task> walks, int events)
    {
        using var deadline = new CancellationTokenSource(HistoryScene.Patience);
        for (var goal = history.Events + events; history.Events < goal; await Task.Delay(5, deadline.Token))
        {
            foreach (var walk in walks.Where(w => w.IsCompleted))
                await walk;
        }
    }
}
