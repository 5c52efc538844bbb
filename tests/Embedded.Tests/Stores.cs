using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;

namespace AiGateway.Embedded.Tests;

/// <summary>The stores over one database, in memory or in a file of their own.</summary>
internal sealed class Stores : IAsyncDisposable
{
    private readonly string? _folder;

    private Stores(string? folder, TimeProvider? time)
    {
        _folder = folder;
        Path = folder is null ? SqliteDatabase.InMemory : System.IO.Path.Combine(folder, "store.db");
        Time = time ?? TimeProvider.System;
        Open();
    }

    public string Path { get; }

    public TimeProvider Time { get; }

    public SqliteDatabase Database { get; private set; } = null!;

    public SqliteWebhookQueue Webhooks { get; private set; } = null!;

    public SqliteResponseStore Responses { get; private set; } = null!;

    public SqliteKeptSecrets Secrets { get; private set; } = null!;

    public (IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets) Ports => (Responses, Webhooks, Secrets);

    public static Stores InMemory(TimeProvider? time = null) => new(null, time);

    public static Stores InFile(TimeProvider? time = null) => new(Directory.CreateTempSubdirectory("aigateway-store-").FullName, time);

    /// <summary>Closes the database and opens it again.</summary>
    public async Task ReopenAsync()
    {
        await Database.DisposeAsync();
        Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A number out of the database.</summary>
    public ValueTask<long> NumberAsync(string sql) => Database.ReadAsync(session => session.First(sql, static row => row.GetInt64(0)), default);

    private void Open()
    {
        Database = SqliteDatabase.Open(Path);
        Webhooks = new SqliteWebhookQueue(Database);
        Responses = new SqliteResponseStore(Database, Webhooks, Time);
        Secrets = new SqliteKeptSecrets(Database);
    }
}
