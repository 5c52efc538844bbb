using AiGateway.Engine;
using AiGateway.Engine.Contract.Engines;
using AiGateway.Grains.Limits;

namespace AiGateway.Grains.Tests;

/// <summary>What a cluster promises of its limits when several processes serve from blocks.</summary>
[Collection(CapacityTests.Name)]
public sealed class ClusterCapacityBlocksTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly CapacityCluster _cluster;
    private readonly JumpingTime _time = new(new DateTimeOffset(2026, 5, 13, 12, 0, 0, TimeSpan.Zero));
    private readonly List<ClusterCapacity> _processes = [];

    public ClusterCapacityBlocksTests(CapacityCluster cluster)
    {
        _cluster = cluster;
        cluster.Begin(new CapacityBlocks(), _time, (_, _, _, _) => default);
        _processes.AddRange(Enumerable.Range(0, 3).Select(_ => cluster.NewProcess()));
    }

    public void Dispose() => _cluster.End();

    [Fact]
    public async Task Processes_together_never_exceed_the_requests_and_tokens_of_a_minute()
    {
        var (seed, limit) = (Environment.TickCount, Key() with { Requests = 600, Tokens = 100_000 });
        var admitted = new List<(DateTimeOffset At, long Tokens)>();
        var calls = 0;
        for (var round = 0; round < 80; round++)
        {
            await Task.WhenAll(_processes.Select((process, i) => Task.Run(async () =>
            {
                var random = new Random(HashCode.Combine(seed, round, i));
                for (var call = 0; call < 15; call++)
                {
                    Interlocked.Increment(ref calls);
                    var reserved = random.Next(1, 400);
                    var (lease, _) = await process.AcquireAsync(new CapacityDemand([limit]) { Tokens = reserved }, default).AsTask().WaitAsync(Guard);
                    var used = random.Next(0, reserved + 1);
                    if (lease is null)
                        continue;
                    lock (admitted)
                        admitted.Add((_time.GetUtcNow(), used));
                    lease.Settle(used, 0);
                }
            })));
            _time.Advance(TimeSpan.FromMilliseconds(new Random(HashCode.Combine(seed, round)).Next(0, 3500)));
        }

        foreach (var (at, _) in admitted)
        {
            var minute = admitted.Where(a => a.At >= at && a.At <= at + TimeSpan.FromSeconds(60)).ToList();
            Assert.True(minute.Count <= 600, $"Seed {seed}: {minute.Count} requests in the minute from {at:O}.");
            Assert.True(minute.Sum(a => a.Tokens) <= 100_000, $"Seed {seed}: {minute.Sum(a => a.Tokens)} tokens in the minute from {at:O}.");
        }

        Assert.True(admitted.Count > 1000, $"Seed {seed}: only {admitted.Count} of {calls} were let in.");
        var asked = _processes.Sum(process => process.Asked);
        Assert.True(asked < calls / 4, $"Seed {seed}: {asked} grain calls for {calls} calls.");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    public async Task Processes_together_never_have_more_in_flight(int most)
    {
        var (seed, limit) = (Environment.TickCount, Key() with { InFlight = most });
        var (now, peak, let) = (0, 0, 0);
        await Task.WhenAll(_processes.SelectMany(process => Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, i));
            for (var call = 0; call < 10; call++)
            {
                if ((await process.AcquireAsync(new CapacityDemand([limit]), default).AsTask().WaitAsync(Guard)).Lease is not { } lease)
                    continue;
                Interlocked.Increment(ref let);
                var at = Interlocked.Increment(ref now);
                int seen;
                while ((seen = Volatile.Read(ref peak)) < at && Interlocked.CompareExchange(ref peak, at, seen) != seen)
                {
                }

                for (var yields = random.Next(0, 20); yields > 0; yields--)
                    await Task.Yield();
                Interlocked.Decrement(ref now);
                lease.Settle(0, 0);
            }
        }))));

        Assert.True(peak <= most, $"Seed {seed}: {peak}.");
        Assert.True(let > 0, $"Seed {seed}: none.");
    }

    [Fact]
    public async Task Processes_together_never_overrun_a_budget()
    {
        var limit = Key() with { Budgets = [new CapacityBudget("ever", 100_000, 10m)] };
        var (tokens, cost, refused) = (0L, 0m, 0);
        var gate = new Lock();
        await Task.WhenAll(_processes.Select(process => Task.Run(async () =>
        {
            for (var call = 0; call < 1000; call++)
            {
                var (lease, _) = await process.AcquireAsync(new CapacityDemand([limit]) { Tokens = 100, Cost = 0.005m }, default).AsTask().WaitAsync(Guard);
                lease?.Settle(50, 0.005m);
                lock (gate)
                    (tokens, cost, refused) = (tokens + (lease is null ? 0 : 50), cost + (lease is null ? 0 : 0.005m), refused + (lease is null ? 1 : 0));
            }
        })));

        Assert.True(refused > 0);

        // Who is refused goes on at once, so that what others held in advance at the end is used by nobody.
        Assert.InRange(cost, 5m, 10m);
        Assert.InRange(tokens, 1, 100_000);
    }

    [Fact]
    public async Task What_a_process_held_that_is_gone_comes_back()
    {
        var limit = Key() with { InFlight = 2 };
        var (gone, other) = (_processes[0], _processes[1]);
        Assert.NotNull((await gone.AcquireAsync(new CapacityDemand([limit]), default)).Lease);
        Assert.NotNull((await gone.AcquireAsync(new CapacityDemand([limit]), default)).Lease);
        Assert.Equal(CapacityKind.InFlight, (await other.AcquireAsync(new CapacityDemand([limit]), default)).Refusal!.Kind);

        gone.Dispose();
        _time.Advance(new CapacityBlocks().Expiry + TimeSpan.FromSeconds(1));

        Assert.NotNull((await other.AcquireAsync(new CapacityDemand([limit]), default)).Lease);
    }

    [Fact]
    public async Task What_another_process_frees_is_waited_for()
    {
        var limit = Key() with { InFlight = 1 };
        var held = (await _processes[0].AcquireAsync(new CapacityDemand([limit]), default)).Lease!;
        var waiting = _processes[1].AcquireAsync(new CapacityDemand([limit]) { MaxWait = TimeSpan.FromHours(1), MaxWaiting = 1 }, default).AsTask();
        held.Settle(0, 0);

        while (!waiting.IsCompleted)
        {
            await QuietAsync();
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.NotNull((await waiting).Lease);
    }

    [Fact]
    public async Task A_grain_that_comes_up_anew_hears_what_is_in_flight_and_was_taken()
    {
        var limit = Key() with { InFlight = 3, Requests = 3 };
        var process = _processes[0];
        for (var i = 0; i < 3; i++)
            Assert.NotNull((await process.AcquireAsync(new CapacityDemand([limit]), default)).Lease);
        await _cluster.ForgetAsync(limit);

        // The first that it is asked it hears it all.
        await TellAsync(process);

        var refusal = (await _processes[1].AcquireAsync(new CapacityDemand([limit]), default)).Refusal!;
        Assert.Equal((CapacityKind.Requests, 3m), (refusal.Kind, refusal.Used));
        Assert.Equal(CapacityKind.InFlight, (await _processes[1].AcquireAsync(new CapacityDemand([limit]) { CountsRequest = false }, default)).Refusal!.Kind);
    }

    // Renews twice: once to hear that the grain is new, once to tell it.
    private async Task TellAsync(ClusterCapacity process)
    {
        for (var told = process.Answered; process.Answered < told + 3;)
        {
            await QuietAsync();
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        await QuietAsync();
    }

    // No time passes while a grain is asked.
    private async Task QuietAsync()
    {
        while (_processes.Exists(process => process.Asked != process.Answered))
            await Task.Yield();
    }

    private static CapacityLimit Key() => new("key", "k");
}
