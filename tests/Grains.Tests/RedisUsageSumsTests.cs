using System.Globalization;
using AiGateway.Engine;
using AiGateway.Grains.Redis;

namespace AiGateway.Grains.Tests;

/// <summary>Usage in Redis is asked for by its time: sums are kept by the hour, and of records only those are read that a question is about.</summary>
[Collection(RedisTests.Name)]
public sealed class RedisUsageSumsTests(RedisServer server) : IAsyncLifetime
{
    private const int Seed = 20261125;

    private static readonly DateTimeOffset Start = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);

    private readonly RedisStores _stores = new(server);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _stores.DisposeAsync();

    [Fact]
    public async Task Sums_of_whole_hours_need_no_record()
    {
        await _stores.Usage.AppendAsync([.. Enumerable.Range(0, 30).Select(i => Record(i, Start.AddMinutes(10 * i)))]);
        await _stores.Connection.CallAsync(database => database.KeyDeleteAsync([_stores.Keys.Usage, _stores.Keys.UsageByTime]));

        var sums = await _stores.Usage.SumAsync(new UsageQuery { From = Start, Until = Start.AddHours(2), GroupBy = ["hour"] }, default);
        var all = Assert.Single(await _stores.Usage.SumAsync(new UsageQuery(), default));

        Assert.Equal([("2026-05-01T10:00:00Z", 6), ("2026-05-01T11:00:00Z", 6)], sums.Select(sum => (sum.Keys[0]!, sum.Requests)));
        Assert.Equal(30, all.Requests);
    }

    [Fact]
    public async Task What_was_recorded_at_another_time_is_not_read()
    {
        await _stores.Usage.AppendAsync([.. Enumerable.Range(0, 30).Select(i => Record(i, Start.AddMinutes(10 * i)))]);

        // Whoever reads one of these comes to grief.
        var (from, until) = (Start.AddMinutes(75), Start.AddMinutes(205));
        foreach (var other in Enumerable.Range(0, 30).Where(i => Start.AddMinutes(10 * i) < from || Start.AddMinutes(10 * i) >= until))
            await _stores.Connection.CallAsync(database => database.HashSetAsync(_stores.Keys.Usage, $"call_{other}", "{"));
        foreach (var hour in (DateTimeOffset[])[Start, Start.AddHours(1), Start.AddHours(3), Start.AddHours(4)])
            await _stores.Connection.CallAsync(database => database.HashSetAsync(_stores.Keys.UsageSums(hour.ToUnixTimeMilliseconds()), "[", "1"));

        var query = new UsageQuery { From = from, Until = until };
        Assert.Equal(Enumerable.Range(8, 13).Select(i => $"call_{i}"), (await _stores.Usage.ListAsync(query, null, default)).Select(record => record.Id));
        Assert.Equal(13, Assert.Single(await _stores.Usage.SumAsync(query, default)).Requests);
    }

    [Fact]
    public async Task Sums_are_those_of_the_records_whenever_the_time_begins_and_ends()
    {
        var random = new Random(Seed);
        var all = Enumerable.Range(0, 600).Select(i => Record(i, Start.AddSeconds(random.Next(6 * 3600))) with
        {
            Tenant = random.Next(3) == 0 ? null : $"t{random.Next(2)}",
            KeyId = random.Next(2) == 0 ? null : "k\"1",
            Model = $"m{random.Next(3)}",
            Provider = random.Next(4) == 0 ? null : "p",
            Outcome = random.Next(4) == 0 ? "failed" : "completed",
            CachedTokens = random.Next(1000),
            ReasoningTokens = random.Next(1000),
            IsEstimated = random.Next(5) == 0,
            InputTokens = random.NextInt64(10_000_000_000),
            Cost = random.Next(1_000_000_000) / 1_000_000_000m,
        }).ToList();
        foreach (var part in all.Chunk(70))
        {
            await _stores.Usage.AppendAsync(part);
            await _stores.Usage.AppendAsync(part);
        }

        for (var round = 0; round < 60; round++)
        {
            DateTimeOffset from = Time(), until = Time();
            var query = new UsageQuery
            {
                From = random.Next(4) == 0 ? null : from,
                Until = random.Next(4) == 0 ? null : until,
                Tenant = random.Next(3) == 0 ? "t1" : null,
                KeyId = random.Next(4) == 0 ? "k\"1" : null,
                Model = random.Next(3) == 0 ? "m2" : null,
                Provider = random.Next(4) == 0 ? "p" : null,
                GroupBy = random.Next(2) == 0 ? ["tenant", "day"] : ["hour", "outcome"],
            };
            var expected = new UsageGroups(query.GroupBy);
            foreach (var record in all.Where(record => IsAsked(query, record)))
                expected.Add(record);

            Assert.Equal(expected.Sums(1000).Select(Told), (await _stores.Usage.SumAsync(query, default)).Select(Told));
        }

        DateTimeOffset Time() => random.Next(2) == 0 ? Start.AddHours(random.Next(-1, 8)) : Start.AddSeconds(random.Next(-600, 7 * 3600));
    }

    [Fact]
    public async Task What_is_deleted_is_whole_hours_and_their_sums_with_them()
    {
        await _stores.Usage.AppendAsync([.. Enumerable.Range(0, 30).Select(i => Record(i, Start.AddMinutes(10 * i)))]);

        while (await _stores.Usage.DeleteOldAsync(Start.AddMinutes(150), 5, default) == 5)
        {
        }

        var left = await _stores.Usage.ListAsync(new UsageQuery(), null, default);
        Assert.Equal("call_12", left[0].Id);
        Assert.Equal(18, left.Count);
        Assert.Equal(18, Assert.Single(await _stores.Usage.SumAsync(new UsageQuery(), default)).Requests);
        Assert.Equal(3, await _stores.Connection.CallAsync(database => database.SortedSetLengthAsync(_stores.Keys.UsageHours)));
        foreach (var hour in (int[])[0, 1, 2])
        {
            Assert.Equal(hour == 2, await _stores.Connection.CallAsync(database => database.KeyExistsAsync(_stores.Keys.UsageSums(Start.AddHours(hour).ToUnixTimeMilliseconds()))));
        }
    }

    private static (string, long, long, long, long, long, long, long, decimal) Told(UsageSum sum) =>
        (string.Join(' ', sum.Keys), sum.Requests, sum.Errors, sum.InputTokens, sum.CachedTokens, sum.OutputTokens, sum.ReasoningTokens, sum.EstimatedTokens, sum.Cost);

    private static bool IsAsked(UsageQuery query, UsageRecord record) =>
        !(record.StartedAt < query.From) && !(record.StartedAt >= query.Until)
        && (query.Tenant is null || query.Tenant == record.Tenant) && (query.KeyId is null || query.KeyId == record.KeyId)
        && (query.Model is null || query.Model == record.Model) && (query.Provider is null || query.Provider == record.Provider);

    private static UsageRecord Record(int number, DateTimeOffset at) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"call_{number}"),
        Api = "chat",
        StartedAt = at,
        Status = 200,
        Outcome = "completed",
        InputTokens = 10,
        OutputTokens = 5,
        Cost = 1m,
    };
}
