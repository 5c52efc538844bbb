namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="ICapacity"/>, where it is asked by one process.</summary>
public abstract class CapacityContract : CapacitySuite
{
    [Fact]
    public async Task In_no_sixty_seconds_are_there_more_requests_than_the_limit()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var limit = Key() with { Requests = 7 };
        var admitted = new List<DateTimeOffset>();
        for (var i = 0; i < 2000; i++)
        {
            if ((await TakeAsync(limit)).Lease is { } lease)
            {
                admitted.Add(Time.GetUtcNow());
                lease.Settle(0, 0);
            }

            Time.Advance(TimeSpan.FromMilliseconds(random.Next(0, 3000)));
        }

        for (var i = 7; i < admitted.Count; i++)
            Assert.True(admitted[i] - admitted[i - 7] > TimeSpan.FromSeconds(60), $"Seed {seed}: 8 in a minute from {admitted[i - 7]:O}.");

        // Nor is much less let in than may be.
        Assert.True(admitted.Count > 2000 * 1.5 / 61 * 7 * 0.9, $"Seed {seed}: {admitted.Count}.");
    }

    [Fact]
    public async Task What_just_fits_is_let_in_and_not_a_token_more()
    {
        var limit = Key() with { Tokens = 10 };

        Assert.Equal(CapacityKind.Tokens, (await TakeAsync(new CapacityDemand([limit]) { Tokens = 11 })).Refusal!.Kind);
        Assert.NotNull((await TakeAsync(new CapacityDemand([limit]) { Tokens = 4 })).Lease);
        Assert.NotNull((await TakeAsync(new CapacityDemand([limit]) { Tokens = 6 })).Lease);
        Assert.Equal(CapacityKind.Tokens, (await TakeAsync(new CapacityDemand([limit]) { Tokens = 1 })).Refusal!.Kind);
    }

    [Fact]
    public async Task What_a_long_call_used_counts_when_it_ends_and_what_it_did_not_use_is_not_given_twice()
    {
        var (longer, shorter) = (Key("one") with { Tokens = 40 }, Key("two") with { Tokens = 40 });
        var more = (await TakeAsync(new CapacityDemand([longer]) { Tokens = 10 })).Lease!;
        var less = (await TakeAsync(new CapacityDemand([shorter]) { Tokens = 10 })).Lease!;

        // What it reserved is out of the minute by now.
        Time.Advance(TimeSpan.FromMinutes(5));
        more.Settle(50, 0);
        less.Settle(3, 0);

        Assert.Equal(CapacityKind.Tokens, (await TakeAsync(new CapacityDemand([longer]) { Tokens = 1 })).Refusal!.Kind);
        Assert.NotNull((await TakeAsync(new CapacityDemand([shorter]) { Tokens = 40 })).Lease);
        Assert.Equal(CapacityKind.Tokens, (await TakeAsync(new CapacityDemand([shorter]) { Tokens = 1 })).Refusal!.Kind);
    }

    [Fact]
    public async Task Who_waits_as_long_as_told_gets_in()
    {
        var limit = Key() with { Requests = 2 };
        await TakeAsync(limit);
        Time.Advance(TimeSpan.FromSeconds(20.5));
        await TakeAsync(limit);

        var refusal = (await TakeAsync(limit)).Refusal!;
        Assert.Equal((CapacityKind.Requests, 2m, 2m), (refusal.Kind, refusal.Most, refusal.Used));
        Time.Advance(refusal.RetryAfter!.Value - TimeSpan.FromMilliseconds(1));
        Assert.Null((await TakeAsync(limit)).Lease);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotNull((await TakeAsync(limit)).Lease);
    }

    [Fact]
    public async Task Tokens_are_reserved_and_settled_by_what_was_used()
    {
        var limit = Key() with { Tokens = 100 };
        var first = (await TakeAsync(new CapacityDemand([limit]) { Tokens = 60 })).Lease!;
        Assert.Equal((100, 40), (first.Standing.TokenLimit, first.Standing.TokensLeft));
        Assert.Equal(CapacityKind.Tokens, (await TakeAsync(new CapacityDemand([limit]) { Tokens = 50 })).Refusal!.Kind);

        first.Settle(10, 0);
        first.Settle(90, 0);

        var second = (await TakeAsync(new CapacityDemand([limit]) { Tokens = 50 })).Lease!;
        second.Settle(120, 0);
        var refusal = (await TakeAsync(new CapacityDemand([limit]) { Tokens = 1 })).Refusal!;
        Assert.Equal(130m, refusal.Used);
        Time.Advance(refusal.RetryAfter!.Value);
        Assert.NotNull((await TakeAsync(new CapacityDemand([limit]) { Tokens = 1 })).Lease);
    }

    [Fact]
    public async Task What_nobody_said_is_reserved_as_far_as_there_is_some()
    {
        var limit = Key() with { Tokens = 100 };
        var first = (await TakeAsync(new CapacityDemand([limit]) { Tokens = 10, MoreTokens = 1000 })).Lease!;

        Assert.Equal(0, first.Standing.TokensLeft);
        Assert.Null((await TakeAsync(new CapacityDemand([limit]) { Tokens = 10, MoreTokens = 1000 })).Lease);
        first.Settle(20, 0);
        Assert.NotNull((await TakeAsync(new CapacityDemand([limit]) { Tokens = 10, MoreTokens = 1000 })).Lease);
    }

    [Fact]
    public async Task A_request_that_is_larger_than_the_limit_is_told_that_no_time_helps() =>
        Assert.Null((await TakeAsync(new CapacityDemand([Key() with { Tokens = 100 }]) { Tokens = 101 })).Refusal!.RetryAfter);

    [Theory]
    [InlineData(0L, null, null)]
    [InlineData(null, 0L, null)]
    [InlineData(null, null, 0L)]
    public async Task A_limit_of_zero_allows_nothing(long? requests, long? tokens, long? inFlight)
    {
        var refusal = (await TakeAsync(Key() with { Requests = requests, Tokens = tokens, InFlight = inFlight })).Refusal!;

        Assert.Equal((0m, null), (refusal.Most, refusal.RetryAfter));
    }

    [Fact]
    public async Task Only_so_many_are_in_flight_at_a_time()
    {
        var limit = Key() with { InFlight = 2 };
        var first = (await TakeAsync(limit)).Lease!;
        await TakeAsync(limit);
        Assert.Equal((CapacityKind.InFlight, TimeSpan.Zero), ((await TakeAsync(limit)).Refusal!.Kind, (await TakeAsync(limit)).Refusal!.RetryAfter));

        first.Settle(0, 0);
        first.Settle(0, 0);

        Assert.NotNull((await TakeAsync(limit)).Lease);
        Assert.Null((await TakeAsync(limit)).Lease);
    }

    [Fact]
    public async Task All_or_nothing()
    {
        var (key, tenant) = (Key() with { Requests = 5, InFlight = 5 }, new CapacityLimit("tenant", "t") { Requests = 1 });
        (await TakeAsync(key, tenant)).Lease!.Settle(0, 0);
        for (var i = 0; i < 10; i++)
            Assert.Equal("tenant", (await TakeAsync(key, tenant)).Refusal!.Limit.Scope);

        for (var i = 0; i < 4; i++)
            Assert.NotNull((await TakeAsync(key)).Lease);
        Assert.Null((await TakeAsync(key)).Lease);
    }

    [Fact]
    public async Task A_limit_can_be_added_and_given_back()
    {
        var provider = new CapacityLimit("provider", "p") { Requests = 2, InFlight = 1, Tokens = 100 };
        var first = (await TakeAsync(new CapacityDemand([]) { Tokens = 60 })).Lease!;
        var second = (await TakeAsync(new CapacityDemand([]) { Tokens = 60 })).Lease!;
        Assert.Null(await first.ExtendAsync(provider, default));
        Assert.Null(await first.ExtendAsync(provider, default));
        Assert.NotNull(await second.ExtendAsync(provider, default));

        first.GiveBack(provider);
        Assert.Null(await second.ExtendAsync(provider, default));
        second.Settle(10, 0);
        Assert.Null(await first.ExtendAsync(provider, default));
        first.Settle(10, 0);
        Assert.NotNull(await (await TakeAsync(new CapacityDemand([]) { Tokens = 1 })).Lease!.ExtendAsync(provider, default));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_or_forth_changes_nothing()
    {
        var limit = Key() with { Requests = 1 };
        await TakeAsync(limit);
        Time.Jump(TimeSpan.FromDays(-400));
        Assert.Null((await TakeAsync(limit)).Lease);
        Time.Jump(TimeSpan.FromDays(800));
        Assert.Null((await TakeAsync(limit)).Lease);
        Time.Advance(TimeSpan.FromSeconds(61));
        Assert.NotNull((await TakeAsync(limit)).Lease);
    }

    [Fact]
    public async Task Calls_at_once_get_exactly_what_there_is()
    {
        var limit = Key() with { Requests = 100, Tokens = 100_000 };

        var taken = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => Task.Run(async () =>
        {
            var (lease, _) = await TakeAsync(new CapacityDemand([limit]) { Tokens = 10 });
            lease?.Settle(10, 0);
            return lease is not null;
        })));

        Assert.Equal(100, taken.Count(t => t));
    }
}
