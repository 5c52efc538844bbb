using AiGateway.Configuration;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Engine.Contract.Engines;
using AiGateway.Responses.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Embedded.Tests;

/// <summary>One SQLite database, and engines over it.</summary>
internal sealed class EmbeddedStorage : IEngineStorage
{
    private readonly DirectoryInfo? _folder;
    private SqliteDatabase _database;

    private EmbeddedStorage(DirectoryInfo? folder)
    {
        _folder = folder;
        _database = SqliteDatabase.Open(FilePath);
    }

    public IResponseStore Store => new SqliteResponseStore(_database, new SqliteWebhookQueue(_database), TimeProvider.System);

    private string FilePath => _folder is null ? SqliteDatabase.InMemory : Path.Combine(_folder.FullName, "aigateway.db");

    public static EmbeddedStorage InFile() => new(Directory.CreateTempSubdirectory("aigateway-engine-"));

    public static EmbeddedStorage InMemory() => new(null);

    public async Task<IEngineNode> StartAsync(EngineSetup setup)
    {
        var options = new GatewayOptions
        {
            Responses = new ResponsesOptions { MaxRunning = setup.MaxRunning, MaxWaiting = setup.MaxWaiting, DrainTimeout = setup.DrainTimeout },
        };
        var lifetime = new Lifetime();
        var engine = new EmbeddedEngine(
            setup.Wrap(Store),
            new Lazy<IResponseRunner>(setup.Runner),
            new ResponseEnds(new NoNotices()),
            new GatewayConfiguration(options, _ => null),
            lifetime,
            setup.Time,
            NullLoggerFactory.Instance);
        await engine.StartAsync(CancellationToken.None);
        return new EmbeddedNode(engine, lifetime);
    }

    // What is in memory ends with its process: there, an engine is followed by another over the same database.
    public Task ReopenAsync()
    {
        if (_folder is null)
            return Task.CompletedTask;
        _database.Dispose();
        _database = SqliteDatabase.Open(FilePath);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        _folder?.Delete(recursive: true);
        return default;
    }

    // Nobody is to be told.
    private sealed class NoNotices : IEndNotices
    {
        public IReadOnlyList<WebhookDelivery> For(StoredResponse response, string status) => [];
    }

    private sealed class EmbeddedNode(EmbeddedEngine engine, Lifetime lifetime) : IEngineNode
    {
        public IResponseEngine Engine => engine;

        public async Task StopAsync()
        {
            lifetime.StopApplication();
            await engine.StopAsync(CancellationToken.None);
            engine.Dispose();
        }

        public void Abandon() => engine.Dispose();
    }
}
