using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Engine.Contract;

namespace AiGateway.Embedded.Tests;

public sealed class SqliteDirectoryStoreTests : DirectoryStoreContract
{
    private readonly SqliteDatabase _database = SqliteDatabase.Open(SqliteDatabase.InMemory);

    protected override ValueTask<IDirectoryStore> OpenAsync() => new(new SqliteDirectoryStore(_database));

    protected override ValueTask CloseAsync() => _database.DisposeAsync();
}
