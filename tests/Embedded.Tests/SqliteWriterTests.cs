using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Tests;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(30);

    private readonly Stores _stores = Stores.InFile();

    private SqliteDatabase Database => _stores.Database;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _stores.DisposeAsync();

    [Fact]
    public async Task One_that_fails_does_not_hurt_the_others()
    {
        var (held, release) = Hold();
        var runs = 0;
        var good = Enumerable.Range(0, 20).Select(i => PutAsync($"good {i}", () => Interlocked.Increment(ref runs))).ToList();
        var bad = Database.WriteAsync<int>(session =>
        {
            Put(session, "bad");
            throw new NotSupportedException("mine");
        }).AsTask();
        var late = PutAsync("late", () => { });
        release.Set();

        var e = await Assert.ThrowsAsync<NotSupportedException>(() => bad.WaitAsync(Hanging));
        await Task.WhenAll([held, late, .. good]).WaitAsync(Hanging);

        Assert.Equal("mine", e.Message);
        Assert.Equal(40, runs);
        Assert.Equal(21, await _stores.NumberAsync("SELECT count(*) FROM secrets"));
        Assert.Equal(0, await _stores.NumberAsync("SELECT count(*) FROM secrets WHERE name = 'bad'"));
    }

    [Fact]
    public async Task A_fault_of_a_statement_is_told_as_it_is()
    {
        await PutAsync("a", () => { });

        await Assert.ThrowsAsync<SqliteException>(() => PutAsync("a", () => { }));
        await PutAsync("b", () => { });
    }

    [Fact]
    public async Task All_that_waits_shares_a_transaction()
    {
        var (held, release) = Hold();
        var seen = new List<long>();
        var all = Enumerable.Range(0, 50).Select(_ => Database.WriteAsync(session =>
        {
            // Read on another connection: nothing of the transaction is committed yet.
            seen.Add(Number(session, "SELECT count(*) FROM secrets") - CommittedAsync().AsTask().GetAwaiter().GetResult());
            return Put(session, Guid.NewGuid().ToString());
        }).AsTask()).ToList();
        release.Set();

        await Task.WhenAll([held, .. all]).WaitAsync(Hanging);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), seen);

        ValueTask<long> CommittedAsync() => _stores.NumberAsync("SELECT count(*) FROM secrets");
    }

    [Fact]
    public async Task What_is_urgent_does_not_wait_for_the_rest_and_is_flushed()
    {
        var (held, release) = Hold();
        var order = new List<(bool Urgent, long Flush)>();
        var all = Enumerable.Range(0, 400).Select(_ => WriteAsync(urgent: false)).ToList();
        all.Add(WriteAsync(urgent: true));
        release.Set();

        await Task.WhenAll([held, .. all]).WaitAsync(Hanging);

        // 1 is NORMAL, 2 is FULL.
        Assert.Equal((true, 2), order[0]);
        Assert.Contains((false, 1), order);

        Task WriteAsync(bool urgent) => Database.WriteAsync(
            session =>
            {
                order.Add((urgent, Number(session, "PRAGMA synchronous")));
                return 0;
            },
            urgent).AsTask();
    }

    [Fact]
    public async Task Who_waited_goes_on_on_another_thread()
    {
        var writer = await Database.WriteAsync(_ => Environment.CurrentManagedThreadId);
        Assert.NotEqual(writer, Environment.CurrentManagedThreadId);
    }

    [Fact]
    public async Task Who_gives_up_does_not_wait()
    {
        var (held, release) = Hold();
        using var given = new CancellationTokenSource();
        var waiting = Database.WriteAsync(session => Put(session, "a"), urgent: true, given.Token).AsTask();

        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Hanging));
        release.Set();
        await held;
        await PutAsync("b", () => { });
        Assert.Equal(2, await _stores.NumberAsync("SELECT count(*) FROM secrets"));
    }

    [Fact]
    public async Task What_is_left_is_written_when_the_database_is_closed()
    {
        var writes = Enumerable.Range(0, 300).Select(i => Database.WriteAsync(session => Put(session, $"{i}"), urgent: i % 2 == 0).AsTask()).ToList();

        await _stores.ReopenAsync();

        await Task.WhenAll(writes).WaitAsync(Hanging);
        Assert.Equal(300, await _stores.NumberAsync("SELECT count(*) FROM secrets"));
    }

    [Fact]
    public async Task A_closed_database_says_so()
    {
        await Database.DisposeAsync();

        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await PutAsync("a", () => { }));
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await _stores.NumberAsync("SELECT 1"));
    }

    // Keeps the writer from going on until the test says so.
    private (Task Held, ManualResetEventSlim Release) Hold()
    {
        var (begun, release) = (new ManualResetEventSlim(), new ManualResetEventSlim());
        var held = Database.WriteAsync(_ =>
        {
            begun.Set();
            return release.Wait(Hanging);
        }, urgent: false).AsTask();
        Assert.True(begun.Wait(Hanging));
        return (held, release);
    }

    private Task PutAsync(string name, Action also) => Database.WriteAsync(session =>
    {
        also();
        return Put(session, name);
    }).AsTask();

    private static int Put(SqliteSession session, string name) => session.Execute("INSERT INTO secrets (name, value) VALUES ($1, x'00')", name);

    private static long Number(SqliteSession session, string sql) => session.First(sql, static row => row.GetInt64(0));
}
