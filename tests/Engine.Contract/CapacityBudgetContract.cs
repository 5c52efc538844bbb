namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of budgets.</summary>
public abstract class CapacityBudgetContract : CapacitySuite
{
    [Fact]
    public async Task Calls_at_once_cannot_overrun_a_budget()
    {
        var limit = Key() with { Budgets = [new CapacityBudget("month", 1000, null)] };

        var taken = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () => (await TakeAsync(Tokens(limit, 60))).Lease)));

        Assert.Equal(16, taken.Count(lease => lease is not null));
        foreach (var lease in taken)
            lease?.Settle(60, 0);
        var refusal = (await TakeAsync(Tokens(limit, 60))).Refusal!;
        Assert.Equal((CapacityKind.BudgetTokens, 1000m, 960m, null), (refusal.Kind, refusal.Most, refusal.Used, refusal.RetryAfter));
        Assert.NotNull((await TakeAsync(Tokens(limit, 40))).Lease);
    }

    [Fact]
    public async Task What_just_fits_a_budget_is_let_in_and_not_a_billionth_more()
    {
        var limit = Key() with { Budgets = [new CapacityBudget("day", null, 1m)] };

        Assert.Equal(CapacityKind.BudgetCost, (await TakeAsync(new CapacityDemand([limit]) { Cost = 1.000000001m })).Refusal!.Kind);
        (await TakeAsync(new CapacityDemand([limit]) { Cost = 0.6m })).Lease!.Settle(0, 0.6m);
        Assert.NotNull((await TakeAsync(new CapacityDemand([limit]) { Cost = 0.4m })).Lease);
    }

    [Fact]
    public async Task What_is_reserved_and_not_used_comes_back()
    {
        var limit = Key() with { Budgets = [new CapacityBudget("day", null, 1m)] };
        var first = (await TakeAsync(new CapacityDemand([limit]) { Cost = 0.9m })).Lease!;
        var refused = (await TakeAsync(new CapacityDemand([limit]) { Cost = 0.2m })).Refusal!;
        Assert.Equal((CapacityKind.BudgetCost, TimeSpan.Zero), (refused.Kind, refused.RetryAfter));

        first.Settle(0, 0.1m);

        Assert.NotNull((await TakeAsync(new CapacityDemand([limit]) { Cost = 0.2m })).Lease);
    }

    [Fact]
    public async Task A_call_that_uses_more_than_it_reserved_ends_the_budget()
    {
        var limit = Key() with { Budgets = [new CapacityBudget("ever", 100, null)] };
        (await TakeAsync(Tokens(limit, 10))).Lease!.Settle(150, 0);

        Assert.Equal(150m, (await TakeAsync(Tokens(limit, 0))).Refusal!.Used);
        Time.Advance(TimeSpan.FromDays(400));
        Assert.NotNull((await TakeAsync(Tokens(limit, 0))).Refusal);
    }

    [Theory]
    [InlineData("hour", 59, 1)]
    [InlineData("day", 11 * 60, 60)]
    [InlineData("week", ((4 * 24) + 11) * 60, 60)]
    [InlineData("month", ((18 * 24) + 11) * 60, 60)]
    public async Task A_budget_begins_anew_with_its_stretch_of_time(string per, int minutesBefore, int minutesMore)
    {
        var limit = Key() with { Budgets = [new CapacityBudget(per, 100, null)] };
        (await TakeAsync(Tokens(limit, 100))).Lease!.Settle(100, 0);
        Time.Advance(TimeSpan.FromMinutes(minutesBefore));
        Assert.Null((await TakeAsync(Tokens(limit, 1))).Lease);

        Time.Advance(TimeSpan.FromMinutes(minutesMore));

        Assert.NotNull((await TakeAsync(Tokens(limit, 100))).Lease);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_bring_a_budget_back()
    {
        var limit = Key() with { Budgets = [new CapacityBudget("day", 100, null)] };
        (await TakeAsync(Tokens(limit, 100))).Lease!.Settle(100, 0);

        Time.Jump(TimeSpan.FromDays(-3));

        Assert.Null((await TakeAsync(Tokens(limit, 1))).Lease);
    }

    [Fact]
    public async Task What_was_used_before_counts()
    {
        SpentBefore[("tenant", "t")] = (90, 0);
        var limit = new CapacityLimit("tenant", "t") { Budgets = [new CapacityBudget("month", 100, null)] };

        Assert.Equal(90m, (await TakeAsync(Tokens(limit, 20))).Refusal!.Used);
        Assert.NotNull((await TakeAsync(Tokens(limit, 10))).Lease);
    }

    [Theory]
    [InlineData(0L, null)]
    [InlineData(null, 0)]
    public async Task A_budget_of_zero_allows_nothing(long? tokens, int? cost) =>
        Assert.NotNull((await TakeAsync(Key() with { Budgets = [new CapacityBudget("ever", tokens, cost)] })).Refusal);

    private static CapacityDemand Tokens(CapacityLimit limit, long tokens) => new([limit]) { Tokens = tokens };
}
