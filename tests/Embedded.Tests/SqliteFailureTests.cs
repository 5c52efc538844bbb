using System.Diagnostics;
using System.Security.Cryptography;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Tests;

/// <summary>A storage that cannot be used now: callers are told within a bounded time, nothing acknowledged is lost, and it works again when the cause is gone.</summary>
public sealed class SqliteFailureTests
{
    [Fact]
    public async Task A_locked_file()
    {
        await using var stores = Stores.InFile();
        await KeepAsync(stores, "resp_1");
        using var other = new SqliteConnection($"Data Source={stores.Path};Pooling=false");
        other.Open();
        Run(other, "BEGIN EXCLUSIVE");

        var began = Stopwatch.GetTimestamp();
        var writes = Enumerable.Range(2, 50).Select(i => Assert.ThrowsAsync<StorageUnavailableException>(() => KeepAsync(stores, $"resp_{i}"))).ToList();
        await Task.WhenAll(writes).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.NotNull(await stores.Responses.FindAsync(null, "resp_1", default));

        Run(other, "ROLLBACK");
        await KeepAsync(stores, "resp_1000");
        Assert.Equal(2, await stores.NumberAsync("SELECT count(*) FROM responses"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk(bool inMemory)
    {
        await using var stores = inMemory ? Stores.InMemory() : Stores.InFile();
        var most = 1_200_000 / await stores.NumberAsync("PRAGMA page_size");
        Assert.Equal(most, await stores.Database.WriteAsync(session => session.First($"PRAGMA max_page_count = {most}", static row => row.GetInt64(0))));

        var kept = new List<string>();
        var refused = new List<string>();
        await Task.WhenAll(Enumerable.Range(0, 600).Select(async i =>
        {
            try
            {
                await KeepAsync(stores, $"resp_{i}");
                lock (kept)
                    kept.Add($"resp_{i}");
            }
            catch (StorageUnavailableException)
            {
                lock (refused)
                    refused.Add($"resp_{i}");
            }
        })).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.InRange(kept.Count, 100, 300);
        foreach (var id in kept)
            Assert.NotNull(await stores.Responses.FindAsync(null, id, default));
        foreach (var id in refused)
            Assert.Null(await stores.Responses.FindAsync(null, id, default));

        // What is small still has a place, once something has gone.
        foreach (var id in kept.Take(5))
            Assert.True(await stores.Responses.DeleteAsync(null, id, default));
        await KeepAsync(stores, "resp_small");
        await stores.Database.WriteAsync(session => session.First("PRAGMA max_page_count = 100000", static row => row.GetInt64(0)));
        foreach (var id in refused)
            await KeepAsync(stores, id);
    }

    [Fact]
    public async Task A_connection_that_is_spoilt()
    {
        await using var stores = Stores.InFile();
        await KeepAsync(stores, "resp_1");
        await stores.Database.WriteAsync(session =>
        {
            session.Run("PRAGMA query_only = ON");
            return 0;
        });

        await Assert.ThrowsAsync<StorageUnavailableException>(() => KeepAsync(stores, "resp_2"));

        await KeepAsync(stores, "resp_3");
        Assert.Equal(2, await stores.NumberAsync("SELECT count(*) FROM responses"));
        Assert.Equal(1, await stores.Database.WriteAsync(session => session.First("PRAGMA secure_delete", static row => row.GetInt64(0))));
    }

    [Fact]
    public async Task A_reader_that_failed_is_not_used_again()
    {
        await using var stores = Stores.InFile();

        for (var i = 0; i < 40; i++)
        {
            await Assert.ThrowsAsync<NotSupportedException>(async () => await stores.Database.ReadAsync<int>(
                session =>
                {
                    session.First("SELECT count(*) FROM responses", static row => row.GetInt64(0));
                    throw new NotSupportedException();
                },
                default));
        }

        await KeepAsync(stores, "resp_1");
        Assert.Equal(1, await stores.NumberAsync("SELECT count(*) FROM responses"));
    }

    private static async Task KeepAsync(Stores stores, string id)
    {
        var response = new StoredResponse
        {
            Id = id,
            Status = "in_progress",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Body = "{}"u8.ToArray(),
            Input = RandomNumberGenerator.GetBytes(3000),
        };
        Assert.True(await stores.Responses.EndAsync(response, new ResponseEnd { Status = "completed", Body = "{}"u8.ToArray() }));
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
