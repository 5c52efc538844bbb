using AiGateway.Configuration;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AiGateway.Embedded.Tests;

/// <summary>Usage goes by a time of its own, in a file and in memory; what budgets count by it stays.</summary>
public sealed class UsageRetentionTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly FakeTimeProvider _time = new(Start);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Old_usage_is_deleted_and_what_was_spent_stays(bool inMemory)
    {
        await using var stores = inMemory ? Stores.InMemory(_time) : Stores.InFile(_time);
        var usage = new SqliteUsageStore(stores.Database);
        await usage.AppendAsync([Record("1", Start), Record("2", Start.AddSeconds(1))]);
        await usage.AppendAsync([Record("3", Start + (10 * Day))]);
        using var sweeper = Sweeper(stores, new StorageOptions { Retention = Day, UsageRetention = 30 * Day });

        Assert.Equal(0, await sweeper.SweepOnceAsync(Start + (30 * Day), default));
        Assert.Equal(3, await CountAsync(usage));
        Assert.NotEqual(0, await sweeper.SweepOnceAsync(Start + (30 * Day) + TimeSpan.FromSeconds(2), default));

        Assert.Equal("3", Assert.Single(await usage.ListAsync(new UsageQuery(), null, default)).Id);
        Assert.Equal((45, 3m), await usage.SpentAsync("key", "k", Start, default));
        Assert.Equal((45, 3m), await usage.SpentAsync("tenant", "t", Start, default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_retention_usage_stays(bool inMemory)
    {
        await using var stores = inMemory ? Stores.InMemory(_time) : Stores.InFile(_time);
        var usage = new SqliteUsageStore(stores.Database);
        await usage.AppendAsync([Record("1", Start)]);
        using var sweeper = Sweeper(stores, new StorageOptions { Retention = Day, UsageRetention = TimeSpan.Zero });

        await sweeper.SweepOnceAsync(Start + (100_000 * Day), default);

        Assert.Equal(1, await CountAsync(usage));
    }

    [Fact]
    public async Task Memory_has_a_bound_and_the_oldest_usage_goes_first()
    {
        await using var stores = Stores.InMemory(_time);
        var usage = new SqliteUsageStore(stores.Database);
        for (var i = 0; i < 2000; i++)
            await usage.AppendAsync([Record($"id-{i:0000}", Start.AddMinutes(i)) with { Model = "model-" + new string((char)('a' + (i % 26)), 500) }]);
        const long bound = 600_000;
        Assert.InRange(await UsedAsync(stores), bound, 100 * bound);
        using var sweeper = Sweeper(stores, new StorageOptions { Retention = TimeSpan.Zero, UsageRetention = TimeSpan.Zero }, bound);

        await sweeper.SweepOnceAsync(_time.GetUtcNow(), default);

        Assert.InRange(await UsedAsync(stores), bound / 4, bound);
        var left = await usage.ListAsync(new UsageQuery { Limit = 5000 }, null, default);
        Assert.Equal(Enumerable.Range(2000 - left.Count, left.Count).Select(i => $"id-{i:0000}"), left.Select(r => r.Id));
        Assert.InRange(left.Count, 1, 1999);
        Assert.Equal((2000 * 15, 2000m), await usage.SpentAsync("key", "k", Start, default));
    }

    private static ValueTask<long> UsedAsync(Stores stores) => stores.Database.ReadAsync(RetentionRows.UsedBytes, default);

    private static async Task<long> CountAsync(SqliteUsageStore usage) => Assert.Single(await usage.SumAsync(new UsageQuery(), default)).Requests;

    private static RetentionSweeper Sweeper(Stores stores, StorageOptions storage, long bound = RetentionSweeper.MemoryBound) =>
        new(stores.Database, new GatewayConfiguration(new GatewayOptions { Storage = storage }, _ => null), stores.Time, NullLogger<RetentionSweeper>.Instance, bound);

    private static UsageRecord Record(string id, DateTimeOffset startedAt) => new()
    {
        Id = id,
        Tenant = "t",
        KeyId = "k",
        Api = "chat",
        StartedAt = startedAt,
        Status = 200,
        Outcome = "completed",
        InputTokens = 10,
        OutputTokens = 5,
        Cost = 1m,
        Attempts = 1,
    };
}
