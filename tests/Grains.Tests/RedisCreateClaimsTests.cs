using AiGateway.Engine;
using AiGateway.Grains.Redis;
using AiGateway.Grains.Silos;

namespace AiGateway.Grains.Tests;

/// <summary>One process at a time has an idempotency key; what a process that ended had is free after its lease.</summary>
[Collection(RedisTests.Name)]
public sealed class RedisCreateClaimsTests(RedisServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly IdempotencyKey Key = new("k", "hash");

    private readonly string _prefix = Guid.NewGuid().ToString("N");
    private readonly List<RedisConnection> _connections = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_key_is_one_process_s_until_it_lets_go()
    {
        var (one, other) = (Process(), Process());
        var (hold, _) = await one.TryTakeAsync("t", Key, default);
        Assert.NotNull(hold);
        Assert.Equal((null, "hash"), await other.TryTakeAsync("t", Key with { BodyHash = "another" }, default));
        Assert.NotNull((await other.TryTakeAsync(null, Key, default)).Hold);
        Assert.NotNull((await other.TryTakeAsync("t", Key with { Key = "k2" }, default)).Hold);

        await hold.DisposeAsync();
        var (next, _) = await other.TryTakeAsync("t", Key, default);
        Assert.NotNull(next);

        // Whose it is not any more lets go of nothing.
        await hold.DisposeAsync();
        Assert.Null((await one.TryTakeAsync("t", Key, default)).Hold);
    }

    [Fact]
    public async Task A_hold_lasts_longer_than_its_lease_and_ends_with_its_process()
    {
        var lease = TimeSpan.FromMilliseconds(400);
        var (one, other) = (Process(lease), Process(lease));
        Assert.NotNull((await one.TryTakeAsync("t", Key, default)).Hold);
        for (var began = Environment.TickCount64; Environment.TickCount64 - began < 3 * lease.TotalMilliseconds; await Task.Delay(20))
            Assert.Null((await other.TryTakeAsync("t", Key, default)).Hold);

        await _connections[0].DisposeAsync();
        using var deadline = new CancellationTokenSource(Patience);
        while ((await other.TryTakeAsync("t", Key, default)).Hold is null)
            await Task.Delay(20, deadline.Token);
    }

    private RedisCreateClaims Process(TimeSpan? lease = null)
    {
        _connections.Add(new RedisConnection(server.Configuration));
        return new RedisCreateClaims(_connections[^1], new RedisKeys(_prefix), new ClusterTimes { Lease = lease ?? TimeSpan.FromMinutes(1) }, TimeProvider.System);
    }
}
