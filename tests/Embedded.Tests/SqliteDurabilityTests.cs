using System.Text;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;

namespace AiGateway.Embedded.Tests;

public sealed class SqliteDurabilityTests : IAsyncLifetime
{
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(30);

    private readonly Stores _stores = Stores.InFile();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _stores.DisposeAsync();

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        await KeepAsync("resp_1", "a marker");
        await _stores.Secrets.GetOrCreateAsync("a", () => [1], default);

        await _stores.ReopenAsync();

        Assert.Equal("a marker", Encoding.UTF8.GetString((await _stores.Responses.FindAsync(null, "resp_1", default))!.Body.Span));
        Assert.Equal(2, (await _stores.Responses.ReadEventsAsync("resp_1", -1, 1000, default)).Count);
        Assert.Single((await _stores.Webhooks.DueAsync("e", DateTimeOffset.MaxValue, 10, default)).Due);
        Assert.Equal([1], (await _stores.Secrets.GetOrCreateAsync("a", () => [2], default)).ToArray());
    }

    [Fact]
    public async Task A_closed_database_is_one_file()
    {
        await KeepAsync("resp_1", "a marker");

        await _stores.Database.DisposeAsync();

        Assert.Equal(["store.db", "store.db.lock"], Directory.GetFiles(Path.GetDirectoryName(_stores.Path)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_acknowledged_is_in_the_files_as_a_kill_would_leave_them()
    {
        var copies = Directory.CreateTempSubdirectory("aigateway-store-").FullName;
        try
        {
            for (var i = 0; i < 20; i++)
            {
                await KeepAsync($"resp_{i}", $"body {i}");
                var copy = Path.Combine(copies, $"{i}.db");
                foreach (var end in (string[])["", "-wal"])
                    File.Copy(_stores.Path + end, copy + end);

                await using var database = SqliteDatabase.Open(copy);
                var found = await new SqliteResponseStore(database, new SqliteWebhookQueue(database), TimeProvider.System).FindAsync(null, $"resp_{i}", default);
                Assert.Equal(("completed", 1), (found!.Status, found.LastSequence));
                Assert.Equal(i + 1, await database.ReadAsync(session => session.First("SELECT count(*) FROM responses", row => row.GetInt64(0)), default));
            }
        }
        finally
        {
            Directory.Delete(copies, recursive: true);
        }
    }

    [Fact]
    public async Task What_was_deleted_is_in_no_file_any_more()
    {
        const string marker = "a secret that only the client knew";
        var large = string.Concat(Enumerable.Repeat(marker, 1000));
        await KeepAsync("resp_1", marker);
        await KeepAsync("resp_2", large);
        await KeepAsync("resp_3", "something else");
        Assert.True(Files().Contains(marker, StringComparison.Ordinal));

        await _stores.Responses.DeleteAsync(null, "resp_1", default);
        await _stores.Responses.DeleteAsync(null, "resp_2", default);

        // The log is cut once nothing is written for a while.
        using var hanging = new CancellationTokenSource(Hanging);
        while (Files().Contains(marker, StringComparison.Ordinal))
            await Task.Delay(50, hanging.Token);
        Assert.True(Files().Contains("something else", StringComparison.Ordinal));
        Assert.NotNull(await _stores.Responses.FindAsync(null, "resp_3", default));

        string Files() => string.Concat(Directory.GetFiles(Path.GetDirectoryName(_stores.Path)!, "store.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Select(Read));
    }

    private async Task KeepAsync(string id, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var response = new StoredResponse
        {
            Id = id,
            Status = "queued",
            Background = true,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Body = body,
            Input = body,
            IdempotencyKey = new("key" + id, "hash"),
            Run = new RunRequest { RequestId = "req_1", Body = body },
        };
        var frames = Encoding.UTF8.GetBytes($"event: e\ndata: {text}\n\n");
        Assert.True(await _stores.Responses.CreateAsync(response, new EventPage(0, 1, frames), default));
        Assert.True(await _stores.Responses.EndAsync(response, new ResponseEnd
        {
            Status = "completed",
            Body = body,
            Events = new EventPage(1, 1, frames),
            Deliveries = [new WebhookDelivery { Id = "evt_" + id, Endpoint = "e", Body = "{}"u8.ToArray() }],
        }));
    }

    // Shared, for SQLite has it open.
    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
