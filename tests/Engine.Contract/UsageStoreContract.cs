namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IUsageStore"/>.</summary>
public abstract class UsageStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);

    protected IUsageStore Usage { get; private set; } = null!;

    /// <summary>Makes an empty store.</summary>
    protected abstract ValueTask<IUsageStore> OpenAsync();

    protected abstract ValueTask CloseAsync();

    public async Task InitializeAsync() => Usage = await OpenAsync();

    public async Task DisposeAsync() => await CloseAsync();

    [Fact]
    public async Task A_record_comes_back_as_it_was()
    {
        var full = Record("a") with
        {
            Tenant = "t",
            KeyId = "k",
            Model = "m",
            Provider = "p",
            ProviderModel = "pm",
            DurationMs = 1234,
            FirstTokenMs = 56,
            ErrorCode = "c",
            CachedTokens = 3,
            ReasoningTokens = 4,
            IsEstimated = true,
            Cost = 0.000000123m,
            Attempts = 2,
            IsStream = true,
            IsCached = true,
        };
        await Usage.AppendAsync([full, Record("b")]);

        Assert.Equal([full, Record("b")], await Usage.ListAsync(new UsageQuery(), null, default));
    }

    [Fact]
    public async Task A_call_is_recorded_once_however_often_it_is_told()
    {
        await Usage.AppendAsync([Record("a") with { KeyId = "k" }, Record("a") with { KeyId = "k", InputTokens = 99 }]);
        await Usage.AppendAsync([Record("a") with { KeyId = "k" }, Record("b") with { KeyId = "k" }]);

        var sum = Assert.Single(await Usage.SumAsync(new UsageQuery(), default));
        Assert.Equal((2, 20, 10), (sum.Requests, sum.InputTokens, sum.OutputTokens));
        Assert.Equal((30, 2m), await Usage.SpentAsync("key", "k", Start, default));
    }

    [Fact]
    public async Task Usage_is_summed_by_what_is_asked()
    {
        await Usage.AppendAsync(
        [
            Record("1") with { Tenant = "a", KeyId = "k1", Model = "m" },
            Record("2") with { Tenant = "a", KeyId = "k2", Model = "n", Outcome = "failed" },
            Record("3") with { Tenant = "b", KeyId = "k3", Model = "m", IsEstimated = true },
            Record("4") with { Model = "m", StartedAt = Start.AddDays(1) },
        ]);

        var byTenant = await Usage.SumAsync(new UsageQuery { GroupBy = ["tenant"] }, default);
        Assert.Equal([(null, 1, 0), ("a", 2, 1), ("b", 1, 0)], byTenant.Select(s => (s.Keys[0], s.Requests, s.Errors)));
        Assert.Equal(15, byTenant[2].EstimatedTokens);
        var byModelAndDay = await Usage.SumAsync(new UsageQuery { GroupBy = ["model", "day"] }, default);
        Assert.Equal(["m 2026-05-01T00:00:00Z 2", "m 2026-05-02T00:00:00Z 1", "n 2026-05-01T00:00:00Z 1"], byModelAndDay.Select(s => $"{s.Keys[0]} {s.Keys[1]} {s.Requests}"));
        Assert.Equal("2026-05-01T10:00:00Z", (await Usage.SumAsync(new UsageQuery { GroupBy = ["hour"], Limit = 1 }, default)).Single().Keys[0]);
    }

    [Fact]
    public async Task Usage_is_found_by_what_is_asked()
    {
        await Usage.AppendAsync(
        [
            Record("1") with { Tenant = "a", KeyId = "k", Model = "m", Provider = "p" },
            Record("2") with { Tenant = "b", KeyId = "l", Model = "n", Provider = "q", StartedAt = Start.AddHours(1) },
        ]);

        foreach (var query in new UsageQuery[]
        {
            new() { Tenant = "b" }, new() { KeyId = "l" }, new() { Model = "n" }, new() { Provider = "q" }, new() { From = Start.AddHours(1) }, new() { From = Start, Until = Start.AddHours(2), Tenant = "b" },
        })
        {
            Assert.Equal("2", Assert.Single(await Usage.ListAsync(query, null, default)).Id);
            Assert.Equal(1, Assert.Single(await Usage.SumAsync(query, default)).Requests);
        }

        Assert.Equal("1", Assert.Single(await Usage.ListAsync(new UsageQuery { Until = Start.AddHours(1) }, null, default)).Id);
        Assert.Equal(0, Assert.Single(await Usage.SumAsync(new UsageQuery { Tenant = "' OR 1=1 --" }, default)).Requests);
    }

    [Fact]
    public async Task Records_are_listed_in_pages_without_gaps()
    {
        await Usage.AppendAsync([.. Enumerable.Range(0, 25).Select(i => Record($"id-{i % 7}-{i:00}") with { StartedAt = Start.AddSeconds(i / 3) })]);

        var seen = new List<string>();
        UsageRecord? last = null;
        while (await Usage.ListAsync(new UsageQuery { Limit = 4 }, last, default) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(r => r.Id));
            last = page[^1];
        }

        Assert.Equal(25, seen.Count);
        Assert.Equal(25, seen.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task What_was_spent_is_known_by_the_hour()
    {
        await Usage.AppendAsync(
        [
            Record("1") with { Tenant = "t", StartedAt = Start.AddMinutes(-1) },
            Record("2") with { Tenant = "t" },
            Record("3") with { Tenant = "t", StartedAt = Start.AddMinutes(59) },
        ]);

        Assert.Equal((30, 2m), await Usage.SpentAsync("tenant", "t", Start, default));
        Assert.Equal((45, 3m), await Usage.SpentAsync("tenant", "t", Start.AddDays(-1), default));
        Assert.Equal((0, 0m), await Usage.SpentAsync("key", "t", Start, default));
    }

    [Fact]
    public async Task What_was_recorded_in_many_parts_is_found_as_if_it_had_been_one()
    {
        var random = new Random(20261125);
        var all = Enumerable.Range(0, 400).Select(i => Record($"{(i % 3 == 0 ? "req_" : "resp_")}{random.NextInt64():x16}{i:x32}") with
        {
            Tenant = random.Next(3) switch { 0 => null, 1 => "a", _ => "b" },
            KeyId = random.Next(2) == 0 ? null : "k",
            Model = $"m{random.Next(4)}",
            Outcome = random.Next(5) == 0 ? "failed" : "completed",
            Status = random.Next(2) == 0 ? 200 : 499,
            StartedAt = Start.AddMilliseconds(random.Next(4) == 0 ? random.Next(7_200_000) : i * 50),
            FirstTokenMs = random.Next(2) == 0 ? null : random.Next(300),
            DurationMs = random.Next(40_000),
            InputTokens = random.Next(100_000),
            OutputTokens = random.Next(3_000),
            Cost = random.Next(1_000_000) / 1_000_000m,
            IsEstimated = random.Next(6) == 0,
        }).ToList();
        foreach (var part in all.Chunk(37))
        {
            // Each part is told again, with some of what was told before.
            await Usage.AppendAsync(part);
            await Usage.AppendAsync([.. part, .. all.Take(random.Next(all.IndexOf(part[^1]) + 1))]);
        }

        foreach (var query in new UsageQuery[] { new() { Limit = 50 }, new() { Limit = 7, Tenant = "a" }, new() { Limit = 33, KeyId = "k", From = Start.AddSeconds(3), Until = Start.AddHours(1) } })
        {
            var asked = all.Where(r => (query.Tenant is null || query.Tenant == r.Tenant) && (query.KeyId is null || query.KeyId == r.KeyId)
                && !(r.StartedAt < query.From) && !(r.StartedAt >= query.Until)).ToList();
            var listed = new List<UsageRecord>();
            while (await Usage.ListAsync(query, listed.LastOrDefault(), default) is { Count: > 0 } page)
                listed.AddRange(page);
            Assert.Equal(asked.OrderBy(r => r.StartedAt).ThenBy(r => r.Id, StringComparer.Ordinal), listed);

            var sums = await Usage.SumAsync(query with { GroupBy = ["tenant", "model", "hour"], Limit = 1000 }, default);
            var expected = asked.GroupBy(r => (r.Tenant, r.Model, Hour: r.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:00:00Z", System.Globalization.CultureInfo.InvariantCulture)))
                .OrderBy(g => g.Key.Tenant, StringComparer.Ordinal).ThenBy(g => g.Key.Model, StringComparer.Ordinal).ThenBy(g => g.Key.Hour, StringComparer.Ordinal)
                .Select(g => (g.Key.Tenant, g.Key.Model, (string?)g.Key.Hour, g.LongCount(), g.LongCount(r => r.Outcome == "failed"), g.Sum(r => r.InputTokens), g.Sum(r => r.OutputTokens), g.Sum(r => r.IsEstimated ? r.InputTokens + r.OutputTokens : 0), g.Sum(r => r.Cost)));
            Assert.Equal(expected, sums.Select(s => (s.Keys[0], s.Keys[1], s.Keys[2], s.Requests, s.Errors, s.InputTokens, s.OutputTokens, s.EstimatedTokens, s.Cost)));
        }

        var spent = await Usage.SpentAsync("key", "k", Start.AddDays(-1), default);
        Assert.Equal((all.Where(r => r.KeyId == "k").Sum(r => r.InputTokens + r.OutputTokens), all.Where(r => r.KeyId == "k").Sum(r => r.Cost)), spent);
    }

    private static UsageRecord Record(string id) => new()
    {
        Id = id,
        Api = "chat",
        StartedAt = Start,
        Status = 200,
        Outcome = "completed",
        InputTokens = 10,
        OutputTokens = 5,
        Cost = 1m,
        Attempts = 1,
    };
}
