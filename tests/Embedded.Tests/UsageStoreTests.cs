using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Engine.Contract;
using AiGateway.Protocol;

namespace AiGateway.Embedded.Tests;

public sealed class SqliteUsageStoreTests : UsageStoreContract
{
    private readonly SqliteDatabase _database = SqliteDatabase.Open(SqliteDatabase.InMemory);

    protected override ValueTask<IUsageStore> OpenAsync() => new(new SqliteUsageStore(_database));

    protected override ValueTask CloseAsync() => _database.DisposeAsync();
}

/// <summary>What segments have to hold besides: over restarts, over transactions that were undone, beside the rows of older versions.</summary>
public sealed class SqliteUsageSegmentTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aigateway-usage-");

    private string File => Path.Combine(_folder.FullName, "usage.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_call_is_recorded_once_over_restarts()
    {
        var records = Enumerable.Range(0, 50).Select(i => Record(Ids.New(Ids.Request), Start.AddMilliseconds(i * 700))).ToList();
        await using (var database = SqliteDatabase.Open(File))
            await new SqliteUsageStore(database).AppendAsync(records);

        await using var again = SqliteDatabase.Open(File);
        var usage = new SqliteUsageStore(again);
        await usage.AppendAsync([.. records, Record("another", Start)]);

        Assert.Equal(51, Assert.Single(await usage.SumAsync(new UsageQuery(), default)).Requests);
        Assert.Equal((51 * 15, 0m), await usage.SpentAsync("key", "k", Start, default));
    }

    [Fact]
    public async Task What_was_undone_is_recorded_when_it_is_told_again()
    {
        await using var database = SqliteDatabase.Open(File);
        var usage = new SqliteUsageStore(database);
        var (one, two) = (Record(Ids.New(Ids.Request), Start), Record(Ids.New(Ids.Request), Start.AddHours(1)));
        await usage.AppendAsync([one]);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await database.WriteAsync<int>(session =>
        {
            UsageRows.Insert(session, [two]);
            throw new InvalidOperationException();
        }));

        await usage.AppendAsync([one, two]);

        Assert.Equal([one, two], await usage.ListAsync(new UsageQuery(), null, default));
        Assert.Equal((30, 0m), await usage.SpentAsync("key", "k", Start, default));
    }

    [Fact]
    public async Task Rows_of_an_older_version_stay_and_count_once()
    {
        await using (var old = SqliteDatabase.Open(File, versions: [.. SqliteSchema.Versions.Take(3)]))
        {
            await old.WriteAsync(session => session.Execute(
                $"INSERT INTO usage ({UsageRows.Columns}) VALUES ('old', '=t', 'k', 'chat', 'm', 'p', 'pm', $1, 7, NULL, 200, 'completed', NULL, 10, 0, 5, 0, 0, 2000000000, 1, 0, 0)",
                Start.ToUnixTimeMilliseconds()));
            await old.WriteAsync(session => session.Execute(
                "INSERT INTO spending (scope, name, hour, tokens, cost) VALUES ('key', 'k', $1, 15, 2000000000), ('tenant', 't', $1, 15, 2000000000)", Start.ToUnixTimeMilliseconds()));
        }

        await using var database = SqliteDatabase.Open(File);
        var usage = new SqliteUsageStore(database);
        await usage.AppendAsync([Record("old", Start), Record("before", Start.AddMilliseconds(-1)), Record("behind", Start.AddMilliseconds(1))]);

        Assert.Equal(["before", "old", "behind"], (await usage.ListAsync(new UsageQuery(), null, default)).Select(r => r.Id));
        Assert.Equal(["old"], (await usage.ListAsync(new UsageQuery { Limit = 1 }, Record("before", Start.AddMilliseconds(-1)), default)).Select(r => r.Id));
        Assert.Equal(["old"], (await usage.ListAsync(new UsageQuery { Tenant = "t" }, null, default)).Select(r => r.Id));
        Assert.Empty(await usage.ListAsync(new UsageQuery { Tenant = "other" }, null, default));
        Assert.Equal((1, 0), (Assert.Single(await usage.SumAsync(new UsageQuery { Tenant = "t" }, default)).Requests, Assert.Single(await usage.SumAsync(new UsageQuery { Tenant = "other" }, default)).Requests));
        var byTenant = await usage.SumAsync(new UsageQuery { GroupBy = ["tenant"] }, default);
        Assert.Equal([(null, 2, 0m), ("t", 1, 2m)], byTenant.Select(s => (s.Keys[0], s.Requests, s.Cost)));
        Assert.Equal(3, Assert.Single(await usage.SumAsync(new UsageQuery { GroupBy = ["api"] }, default)).Requests);

        // As budgets ask: what was spent by older versions, and since.
        Assert.Equal((45, 2m), await usage.SpentAsync("key", "k", Start.AddHours(-1), default));
        Assert.Equal((15, 2m), await usage.SpentAsync("tenant", "t", Start, default));
    }

    [Fact]
    public async Task Calls_that_began_far_apart_stand_apart()
    {
        await using var database = SqliteDatabase.Open(File);
        await new SqliteUsageStore(database).AppendAsync([Record("c", Start.AddHours(2)), Record("a", Start), Record("b", Start.AddMilliseconds(UsageSegmentRows.Span))]);

        Assert.Equal([(0L, 10_000L), (7_200_000L, 7_200_000L)], await database.ReadAsync(
            session => session.All("SELECT first_at, last_at FROM usage_segments ORDER BY first_at", row => (row.GetInt64(0) - Start.ToUnixTimeMilliseconds(), row.GetInt64(1) - Start.ToUnixTimeMilliseconds())), default));
    }

    [Fact]
    public async Task What_is_old_is_deleted_and_what_was_spent_stays()
    {
        await using var database = SqliteDatabase.Open(File);
        var usage = new SqliteUsageStore(database);
        await usage.AppendAsync([Record("a", Start), Record("b", Start.AddSeconds(5)), Record("c", Start.AddMinutes(5))]);

        Assert.Equal(0, await database.WriteAsync(session => RetentionRows.DeleteUsage(session, Start.AddSeconds(5).ToUnixTimeMilliseconds())));
        Assert.Equal(1, await database.WriteAsync(session => RetentionRows.DeleteUsage(session, Start.AddSeconds(6).ToUnixTimeMilliseconds())));

        Assert.Equal("c", Assert.Single(await usage.ListAsync(new UsageQuery(), null, default)).Id);
        Assert.Equal((45, 0m), await usage.SpentAsync("key", "k", Start, default));
        Assert.Equal(1, await database.WriteAsync(RetentionRows.DeleteOldest));
        Assert.Empty(await usage.ListAsync(new UsageQuery(), null, default));
    }

    [Fact]
    public void Only_calls_that_began_since_what_is_forgotten_are_known_to_be_new()
    {
        Assert.True(new RecordedUsage(last: 100).Add(1, 100));
        Assert.False(new RecordedUsage(last: 100).Add(1, 101));

        // 1 and 2 are forgotten: who began no later may be one of them.
        Assert.True(OfFive().Add(9, 102));
        Assert.False(OfFive().Add(9, 103));
        Assert.All(Enumerable.Range(1, 5), i => Assert.True(OfFive().Add((ulong)i, 100 + i)));

        static RecordedUsage OfFive()
        {
            var recorded = new RecordedUsage(last: 100, mostOfHalf: 2);
            Assert.All(Enumerable.Range(1, 5), i => Assert.False(recorded.Add((ulong)i, 100 + i)));
            return recorded;
        }
    }

    private static UsageRecord Record(string id, DateTimeOffset startedAt) => new()
    {
        Id = id,
        KeyId = "k",
        Api = "chat",
        StartedAt = startedAt,
        Status = 200,
        Outcome = "completed",
        InputTokens = 10,
        OutputTokens = 5,
        Attempts = 1,
    };
}
