using AiGateway.Configuration;
using AiGateway.Embedded;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Grains.Memory;

/// <summary>A cluster's state in one process: the standalone gateway's stores in memory, and who owns what runs.</summary>
internal sealed class MemoryState : IAsyncDisposable
{
    private readonly SqliteDatabase _database = SqliteDatabase.Open(SqliteDatabase.InMemory);
    private readonly RetentionSweeper _sweeper;

    public MemoryState(GatewayConfiguration configuration, TimeProvider time)
    {
        var webhooks = new SqliteWebhookQueue(_database);
        Webhooks = webhooks;
        Responses = new OwnedResponses(new SqliteResponseStore(_database, webhooks, time), time);
        Conversations = new SqliteConversationStore(_database, time);
        Completions = new SqliteCompletionStore(_database);
        Secrets = new SqliteKeptSecrets(_database);
        Directory = new SqliteDirectoryStore(_database);
        Usage = new SqliteUsageStore(_database);
        _sweeper = new RetentionSweeper(_database, configuration, time, NullLogger<RetentionSweeper>.Instance);
        _ = _sweeper.StartAsync(CancellationToken.None);
    }

    public OwnedResponses Responses { get; }

    public IConversationStore Conversations { get; }

    public ICompletionStore Completions { get; }

    public IWebhookQueue Webhooks { get; }

    public IKeptSecrets Secrets { get; }

    public IDirectoryStore Directory { get; }

    public IUsageStore Usage { get; }

    public async ValueTask DisposeAsync()
    {
        await _sweeper.StopAsync(CancellationToken.None);
        _sweeper.Dispose();
        await _database.DisposeAsync();
    }
}
