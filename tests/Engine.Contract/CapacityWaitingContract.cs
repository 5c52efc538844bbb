namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of calls that wait for capacity.</summary>
public abstract class CapacityWaitingContract : CapacitySuite
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Who_came_first_is_first()
    {
        var limit = Key() with { InFlight = 1 };
        var held = (await TakeAsync(limit)).Lease!;
        var waiting = Enumerable.Range(0, 5).Select(_ => WaitAsync(limit)).ToList();
        Assert.All(waiting, task => Assert.False(task.IsCompleted));

        for (var i = 0; i < 5; i++)
        {
            held.Settle(0, 0);
            held = (await waiting[i].WaitAsync(Guard)).Lease!;
            Assert.All(waiting.Skip(i + 1), task => Assert.False(task.IsCompleted));
        }
    }

    [Fact]
    public async Task Nobody_overtakes_but_who_needs_something_else()
    {
        var (key, tenant) = (Key() with { InFlight = 1 }, new CapacityLimit("tenant", "t") { InFlight = 10 });
        var held = (await TakeAsync(key, tenant)).Lease!;
        var waiting = WaitAsync(key, tenant);

        Assert.NotNull((await TakeAsync(Key("other") with { InFlight = 1 }, tenant)).Lease);
        Assert.Null((await TakeAsync(key)).Lease);
        held.Settle(0, 0);
        Assert.NotNull((await waiting.WaitAsync(Guard)).Lease);
    }

    [Fact]
    public async Task What_takes_no_place_neither_needs_one_nor_waits_behind_who_does()
    {
        var limit = Key() with { InFlight = 1, Requests = 4 };
        var held = (await TakeAsync(limit)).Lease!;
        var waiting = WaitAsync(limit);
        var placeless = new CapacityDemand([limit]) { TakesPlace = false };

        var (lease, refusal) = await TakeAsync(placeless);
        Assert.Null(refusal);
        Assert.False(waiting.IsCompleted);
        held.Settle(0, 0);
        var next = (await waiting.WaitAsync(Guard)).Lease!;
        Assert.Equal(CapacityKind.InFlight, (await TakeAsync(limit)).Refusal!.Kind);
        lease!.Settle(0, 0);
        Assert.Equal(CapacityKind.InFlight, (await TakeAsync(limit)).Refusal!.Kind);
        next.Settle(0, 0);

        // It counts as a request all the same.
        Assert.NotNull((await TakeAsync(placeless)).Lease);
        Assert.Equal(CapacityKind.Requests, (await TakeAsync(placeless)).Refusal!.Kind);
    }

    [Fact]
    public async Task What_time_brings_back_is_waited_for()
    {
        var limit = Key() with { Requests = 1 };
        await TakeAsync(limit);
        var waiting = WaitAsync(TimeSpan.FromMinutes(2), limit);

        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(waiting.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.NotNull((await waiting.WaitAsync(Guard)).Lease);
    }

    [Fact]
    public async Task Nobody_waits_for_what_does_not_come_in_time()
    {
        var limit = Key() with { Requests = 1 };
        await TakeAsync(limit);

        Assert.NotNull((await WaitAsync(TimeSpan.FromSeconds(30), limit).WaitAsync(Guard)).Refusal);
    }

    [Fact]
    public async Task Who_waited_long_enough_is_refused()
    {
        var limit = Key() with { InFlight = 1 };
        var held = (await TakeAsync(limit)).Lease!;
        var (first, second) = (WaitAsync(TimeSpan.FromSeconds(5), limit), WaitAsync(TimeSpan.FromSeconds(60), limit));

        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(CapacityKind.InFlight, (await first.WaitAsync(Guard)).Refusal!.Kind);
        Assert.False(second.IsCompleted);
        held.Settle(0, 0);
        Assert.NotNull((await second.WaitAsync(Guard)).Lease);
    }

    [Fact]
    public async Task Only_so_many_wait()
    {
        var limit = Key() with { InFlight = 1 };
        await TakeAsync(limit);
        var demand = new CapacityDemand([limit]) { MaxWait = TimeSpan.FromMinutes(1), MaxWaiting = 2 };
        _ = TakeAsync(demand);
        _ = TakeAsync(demand);

        Assert.NotNull((await TakeAsync(demand)).Refusal);
    }

    [Fact]
    public async Task Who_leaves_takes_nothing_and_lets_others_by()
    {
        var limit = Key() with { InFlight = 1 };
        var held = (await TakeAsync(limit)).Lease!;
        using var patience = new CancellationTokenSource();
        var leaving = Capacity.AcquireAsync(Demand(TimeSpan.FromMinutes(1), limit), patience.Token).AsTask();
        var waiting = WaitAsync(limit);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        held.Settle(0, 0);
        Assert.NotNull((await waiting.WaitAsync(Guard)).Lease);
        Assert.Null((await TakeAsync(limit)).Lease);
    }

    [Fact]
    public async Task Many_at_once_all_get_their_turn_and_never_more_than_may()
    {
        var limit = Key() with { InFlight = 3 };
        var (now, most) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
        {
            var lease = (await WaitAsync(limit)).Lease!;
            var at = Interlocked.Increment(ref now);
            InterlockedMax(ref most, at);
            await Task.Yield();
            Interlocked.Decrement(ref now);
            lease.Settle(0, 0);
        }))).WaitAsync(Guard);

        Assert.InRange(most, 1, 3);

        static void InterlockedMax(ref int most, int at)
        {
            int seen;
            while ((seen = Volatile.Read(ref most)) < at && Interlocked.CompareExchange(ref most, at, seen) != seen)
            {
            }
        }
    }

    private Task<(CapacityLease? Lease, CapacityRefusal? Refusal)> WaitAsync(params CapacityLimit[] limits) => WaitAsync(TimeSpan.FromMinutes(1), limits);

    private Task<(CapacityLease? Lease, CapacityRefusal? Refusal)> WaitAsync(TimeSpan longest, params CapacityLimit[] limits) => TakeAsync(Demand(longest, limits)).AsTask();

    private static CapacityDemand Demand(TimeSpan longest, params CapacityLimit[] limits) => new(limits) { MaxWait = longest, MaxWaiting = 1000 };
}
