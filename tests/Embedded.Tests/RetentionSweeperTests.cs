using AiGateway.Configuration;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AiGateway.Embedded.Tests;

public sealed class RetentionSweeperTests
{
    private static async Task<long> BytesAsync(Stores stores) => await stores.NumberAsync("PRAGMA page_count") * await stores.NumberAsync("PRAGMA page_size");

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public async Task What_was_kept_long_enough_is_deleted_and_the_rest_is_not()
    {
        await using var stores = Stores.InFile(_time);
        await EndAsync(stores, "resp_old", 10);
        await RowsAsync(stores, "old", Start);
        await stores.Responses.CreateAsync(Response("resp_running", 10) with { Background = true }, default, default);
        _time.Advance(20 * Day);
        await EndAsync(stores, "resp_new", 10);
        await RowsAsync(stores, "new", _time.GetUtcNow());
        using var sweeper = Sweeper(stores, Retention(30 * Day));

        Assert.Equal(0, await sweeper.SweepOnceAsync(Start + (30 * Day), default));
        Assert.Equal(3, await sweeper.SweepOnceAsync(Start + (30 * Day) + TimeSpan.FromSeconds(1), default));

        Assert.Null(await stores.Responses.FindAsync(null, "resp_old", default));
        Assert.NotNull(await stores.Responses.FindAsync(null, "resp_new", default));
        Assert.NotNull(await stores.Responses.FindAsync(null, "resp_running", default));
        Assert.Equal(1, await stores.NumberAsync("SELECT count(*) FROM completions WHERE id = 'new'"));
        Assert.Equal(1, await stores.NumberAsync("SELECT count(*) FROM completions"));
        Assert.Equal(1, await stores.NumberAsync("SELECT count(*) FROM conversations WHERE id = 'new'"));
        Assert.Equal(1, await stores.NumberAsync("SELECT count(*) FROM conversations"));
        Assert.Equal(1, await stores.NumberAsync("SELECT count(*) FROM conversation_items"));
    }

    [Fact]
    public async Task Without_a_retention_everything_is_kept()
    {
        await using var stores = Stores.InFile(_time);
        await EndAsync(stores, "resp_1", 10);
        using var sweeper = Sweeper(stores, Retention(TimeSpan.Zero));

        Assert.Equal(0, await sweeper.SweepOnceAsync(Start + (100_000 * Day), default));
    }

    [Fact]
    public async Task A_sweep_goes_in_small_steps_and_gives_the_space_back()
    {
        await using var stores = Stores.InFile(_time);
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => EndAsync(stores, $"resp_{i}", 3000)));
        var bytes = await BytesAsync(stores);
        using var sweeper = Sweeper(stores, Retention(Day));

        Assert.InRange(await stores.Database.WriteAsync(session => RetentionRows.DeleteResponses(session, long.MaxValue)), 1, 100);
        var deleted = await sweeper.SweepOnceAsync(Start + (2 * Day), default);

        Assert.InRange(deleted, 1900, 1999);
        Assert.Equal(0, await stores.NumberAsync("SELECT count(*) FROM responses"));
        Assert.True(bytes > 2000 * 3000);
        Assert.InRange(await BytesAsync(stores), 1, 1_600_000);
    }

    [Fact]
    public async Task Who_has_many_events_is_a_step_by_itself()
    {
        await using var stores = Stores.InFile(_time);
        for (var r = 0; r < 3; r++)
        {
            var response = Response($"resp_{r}", 10) with { Background = true };
            await stores.Responses.CreateAsync(response, default, default);
            await Task.WhenAll(Enumerable.Range(0, 300).Select(i => stores.Responses.AppendAsync(response.Id, 0, new EventPage(i, 1, "event: e\ndata: x\n\n"u8.ToArray())).AsTask()));
            await stores.Responses.EndAsync(response, Completed(10));
        }

        Assert.Equal(1, await stores.Database.WriteAsync(session => RetentionRows.DeleteResponses(session, long.MaxValue)));
        Assert.Equal(600, await stores.NumberAsync("SELECT count(*) FROM events"));
    }

    [Fact]
    public async Task Memory_has_a_bound_and_what_is_oldest_goes_first()
    {
        await using var stores = Stores.InMemory(_time);
        for (var i = 0; i < 400; i++)
        {
            await EndAsync(stores, $"resp_{i:000}", 10_000);
            await RowsAsync(stores, $"row_{i:000}", _time.GetUtcNow());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        const long bound = 2_000_000;
        using var sweeper = Sweeper(stores, Retention(TimeSpan.Zero), bound);
        Assert.InRange(await sweeper.SweepOnceAsync(_time.GetUtcNow(), default), 400, 780);

        Assert.InRange(await BytesAsync(stores), bound / 2, bound + (256 * 4096));
        var responses = await stores.NumberAsync("SELECT min(ended_at) FROM responses");
        var completions = await stores.NumberAsync("SELECT min(created_at) FROM completions");
        Assert.InRange(responses - completions, -100_000, 100_000);
        Assert.NotNull(await stores.Responses.FindAsync(null, "resp_399", default));
        Assert.Equal(400, await stores.NumberAsync("SELECT count(*) FROM conversations"));
        Assert.Equal(0, await sweeper.SweepOnceAsync(_time.GetUtcNow(), default));
    }

    [Fact]
    public async Task The_retention_may_change_and_the_path_may_not()
    {
        await using var stores = Stores.InFile(_time);
        await EndAsync(stores, "resp_1", 10);
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Gateway:Storage:Retention", "30.00:00:00"), new("Gateway:Storage:Path", "a.db")]).Build();
        var changes = new FakeTimeProvider(Start);
        using var configuration = new GatewayConfiguration(settings, NullLogger<GatewayConfiguration>.Instance, changes, _ => null);
        var log = new RecordedLog();
        using var sweeper = new RetentionSweeper(stores.Database, configuration, _time, log);
        await sweeper.StartAsync(default);

        settings["Gateway:Storage:Retention"] = "01:00:00";
        settings["Gateway:Storage:Path"] = "b.db";
        settings.Reload();
        changes.Advance(TimeSpan.FromSeconds(1));
        using var hanging = new CancellationTokenSource(Hanging);
        while (await stores.Responses.FindAsync(null, "resp_1", default) is not null)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(1, hanging.Token);
        }

        Assert.InRange(_time.GetUtcNow() - Start, TimeSpan.FromHours(1), 29 * Day);
        Assert.Contains(log.Messages, m => m.Contains("Gateway:Storage:Path was changed", StringComparison.Ordinal));
        await sweeper.StopAsync(default);
    }

    private static RetentionSweeper Sweeper(Stores stores, GatewayConfiguration configuration, long bound = RetentionSweeper.MemoryBound) =>
        new(stores.Database, configuration, stores.Time, NullLogger<RetentionSweeper>.Instance, bound);

    private static GatewayConfiguration Retention(TimeSpan retention) => new(new GatewayOptions { Storage = new StorageOptions { Retention = retention } }, _ => null);

    private static async Task EndAsync(Stores stores, string id, int bytes) => Assert.True(await stores.Responses.EndAsync(Response(id, bytes), Completed(bytes)));

    private static StoredResponse Response(string id, int bytes) =>
        new() { Id = id, Status = "in_progress", CreatedAt = Start, Body = new byte[bytes], Input = "[]"u8.ToArray() };

    private static ResponseEnd Completed(int bytes) => new() { Status = "completed", Body = new byte[bytes] };

    private static ValueTask<int> RowsAsync(Stores stores, string id, DateTimeOffset time) => stores.Database.WriteAsync(session =>
    {
        session.Execute("INSERT INTO conversations (id, tenant, created_at, used_at, last_position, metadata) VALUES ($1, '', 0, $2, 1, x'7b7d')", id, SqliteValues.Time(time));
        session.Execute("INSERT INTO conversation_items (conversation, position, id, json) VALUES (last_insert_rowid(), 1, 'msg', x'7b7d')");
        return session.Execute(
            "INSERT INTO completions (id, tenant, created_at, model, metadata, body, messages) VALUES ($1, '', $2, 'm', x'7b7d', x'7b7d', x'5b5d')", id, SqliteValues.Time(time));
    });

    private sealed class RecordedLog : ILogger<RetentionSweeper>
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Messages { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Enqueue(formatter(state, exception));
    }
}
