using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Engine.Contract;

namespace AiGateway.Embedded.Tests;

public sealed class SqliteUsageStoreTests : UsageStoreContract
{
    private readonly SqliteDatabase _database = SqliteDatabase.Open(SqliteDatabase.InMemory);

    protected override ValueTask<IUsageStore> OpenAsync() => new(new SqliteUsageStore(_database));

    protected override ValueTask CloseAsync() => _database.DisposeAsync();
}
