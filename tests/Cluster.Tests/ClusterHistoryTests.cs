using System.Diagnostics;
using System.Globalization;
using AiGateway.EndToEnd.Tests.Durability.Driver;
using AiGateway.EndToEnd.Tests.Durability.History;
using Xunit.Abstractions;

namespace AiGateway.Cluster.Tests;

/// <summary>
/// Many clients do all that the API lets them, at any frontend, while nodes and Redis are killed, told to stop and frozen; then what they were told is held against
/// what is there. Short in the suite; as long as wanted by <c>chaos.sh MINUTES SEED</c>.
/// </summary>
public sealed class ClusterHistoryTests(ITestOutputHelper output)
{
    private const int Clients = 8;

    private static readonly int Seed = Read("SEED", Random.Shared.Next(1_000_000));
    private static readonly int Strikes = Read("STRIKES", 4);
    private static readonly int Minutes = Read("MINUTES", 0);

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    [Fact]
    public async Task What_clients_were_told_is_so_whatever_befell_the_cluster()
    {
        Log($"Seed {Seed}");
        await using var scene = await ClusterScene.StartAsync(silos: 3, frontends: 2);
        using var observer = scene.NewClient();
        var (history, over) = (scene.History, false);
        var handles = scene.Nodes.ToDictionary(node => node.Name, Leftovers.HandlesOf, StringComparer.Ordinal);
        await using var writers = await WriterWatch.StartAsync(scene.Redis.Port);
        var permits = new PermitWatch();
        scene.Seen = permits.Seen;
        scene.Change = settings => PermitWatch.Configure(settings, scene.Upstream);
        await scene.ConfigureAsync(maxRunning: 12);
        var calling = permits.CallAsync(scene.NewClient, () => Volatile.Read(ref over));
        var walks = Enumerable.Range(0, Clients).Select(i => Task.Run(async () =>
        {
            using var client = scene.NewClient();
            await new ClientWalk(i, Seed + i, client, history).GoAsync(() => Volatile.Read(ref over));
        })).ToList();

        var random = new Random(Seed);
        var chaos = new Chaos(scene, random, Log);
        var end = _clock.Elapsed + TimeSpan.FromMinutes(Minutes);
        for (var strike = 0; Minutes > 0 ? _clock.Elapsed < end : strike < Strikes; strike++)
        {
            await ProgressAsync(scene, walks, random.Next(50, 400));
            await chaos.StrikeAsync();
        }

        await chaos.RestartThoseThatEndedAsync();
        Volatile.Write(ref over, true);
        try
        {
            await Task.WhenAll(walks.Append(calling)).WaitAsync(ClusterScene.Patience);
        }
        catch (TimeoutException e)
        {
            var unended = string.Join(", ", (await scene.OwnersAsync()).Select(run => $"{run.Key} of {run.Value}"));
            var clients = string.Join(", ", walks.Append(calling).Select((walk, i) => $"{i} {walk.Status}"));
            throw new TimeoutException($"Seed {Seed}: clients do not end ({clients}); unended: {unended}.\n{string.Join('\n', history.Surprises)}\n{scene.Everything}", e);
        }

        await scene.NothingIsLeftOpenAsync(observer);
        var final = await Inspection.OfAsync(observer, history);
        Log($"{history.Responses.Count} responses and {history.Events} events: {string.Join(", ", final.Values.GroupBy(f => f.Status).Select(g => $"{g.Count()} {g.Key}"))}");

        Log($"{permits.Served} calls under a limit of {PermitWatch.Limit}, at most {permits.Most} at one time");
        Log($"{writers.Writes} writes to responses, {writers.TakeOvers} new owners");

        string[] broken = [.. new HistoryChecker(final).Check(history), .. scene.AskedTwice(), .. writers.Broken(), .. permits.Broken(), .. await Leftovers.OfAsync(scene, handles)];
        Assert.True(broken.Length == 0, $"Seed {Seed}: {broken.Length} broken promises.\n{string.Join('\n', broken.Take(20))}\n{scene.Everything}");
        Assert.Contains(final.Values, f => f.Status == "completed");
    }

    // So much is told to clients between two strikes; where nothing is, the cluster is not whole yet.
    private static async Task ProgressAsync(ClusterScene scene, IReadOnlyList<Task> walks, int events)
    {
        using var deadline = new CancellationTokenSource(ClusterScene.Patience);
        for (var goal = scene.History.Events + events; scene.History.Events < goal; await Task.Delay(5, CancellationToken.None))
        {
            foreach (var walk in walks.Where(w => w.IsCompleted))
                await walk;
            if (deadline.IsCancellationRequested)
                throw new TimeoutException($"No client gets on.\n{scene.Everything}");
        }
    }

    private void Log(string text) => output.WriteLine($"{_clock.Elapsed.TotalSeconds,7:F1} {text}");

    private static int Read(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable("AIGATEWAY_CHAOS_" + name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
