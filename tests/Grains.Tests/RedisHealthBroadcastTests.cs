using AiGateway.Grains.Redis;
using AiGateway.Grains.Silos;
using AiGateway.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Grains.Tests;

/// <summary>What is told of a provider reaches every other process of the cluster, and no other cluster's.</summary>
public sealed class RedisHealthBroadcastTests : IAsyncLifetime
{
    private static readonly HealthNews Down = new("a", "http://a.test/v1", HealthSource.Calls, TimeSpan.FromSeconds(15));
    private static readonly HealthNews Up = Down with { DownFor = null, Source = HealthSource.Checks };

    private readonly RedisServer _server = new();
    private readonly List<RedisConnection> _connections = [];

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task News_reach_all_others_also_those_that_were_there_before_redis_was()
    {
        await _server.KillAsync();
        var (one, two, three, stranger) = (Process("c"), Process("c"), Process("c"), Process("d"));
        await _server.RestartAsync();

        // Told again until both listen.
        await UntilHeardAsync(one, Down, two, three);
        Assert.Empty(one.Heard);
        await UntilHeardAsync(two, Up, one, three);
        Assert.Empty(stranger.Heard);

        // A connection that broke is made again.
        await _server.KillAsync();
        await _server.RestartAsync();
        await UntilHeardAsync(three, Up with { Provider = "b" }, one, two);

        one.Listening.Dispose();
        lock (one.Heard)
            one.Heard.Clear();
        await UntilHeardAsync(three, Down, two);
        Assert.Empty(one.Heard);
    }

    private static async Task UntilHeardAsync(Node teller, HealthNews news, params Node[] others)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!others.All(other => other.Has(news)))
        {
            teller.Broadcast.Tell(news);
            await Task.Delay(50, deadline.Token);
        }
    }

    private Node Process(string prefix)
    {
        _connections.Add(new RedisConnection(_server.Configuration));
        return new Node(new RedisHealthBroadcast(_connections[^1], new RedisKeys(prefix), new ClusterTimes(), NullLogger<RedisHealthBroadcast>.Instance));
    }

    private sealed class Node
    {
        public Node(RedisHealthBroadcast broadcast)
        {
            Broadcast = broadcast;
            Listening = broadcast.Listen(news =>
            {
                lock (Heard)
                    Heard.Add(news);
            });
        }

        public RedisHealthBroadcast Broadcast { get; }

        public List<HealthNews> Heard { get; } = [];

        public IDisposable Listening { get; }

        public bool Has(HealthNews news)
        {
            lock (Heard)
                return Heard.Contains(news);
        }
    }
}
