using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Engine.Contract;
using AiGateway.Limits;

namespace AiGateway.Embedded.Tests;

/// <summary>The contract of usage over a file: each test begins with what is kept in one that was closed and opened again.</summary>
public sealed class SqliteFileUsageStoreTests : UsageStoreContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override async ValueTask<IUsageStore> OpenAsync()
    {
        await _stores.ReopenAsync();
        return new SqliteUsageStore(_stores.Database);
    }

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

/// <summary>The contract of keys and tenants over a file.</summary>
public sealed class SqliteFileDirectoryStoreTests : DirectoryStoreContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override async ValueTask<IDirectoryStore> OpenAsync()
    {
        await _stores.ReopenAsync();
        return new SqliteDirectoryStore(_stores.Database);
    }

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task What_was_kept_is_there_with_its_revision_when_the_file_is_opened_again()
    {
        var revision = await Directory.PutAsync(new DirectoryEntry("key", "k", 0, "secret hash"u8.ToArray()), default);
        await _stores.ReopenAsync();
        var again = new SqliteDirectoryStore(_stores.Database);

        var entry = Assert.Single(await again.ReadAsync(0, default));

        Assert.Equal(("key", "k", revision), (entry.Kind, entry.Id, (long?)entry.Revision));
        Assert.Null(await again.PutAsync(entry with { Revision = 0 }, default));
    }
}

/// <summary>The contract of budgets, where what was used before stands in a file.</summary>
public sealed class FileBudgetTests : CapacityBudgetContract
{
    private readonly Stores _stores = Stores.InFile();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private LocalCapacity? _capacity;
    private bool _isKept;

    protected override ValueTask<ICapacity> OpenAsync() => new(_capacity = new LocalCapacity(SpentAsync, Time));

    protected override ValueTask CloseAsync()
    {
        _capacity!.Dispose();
        _turn.Dispose();
        return _stores.DisposeAsync();
    }

    private async ValueTask<(long Tokens, decimal Cost)> SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_isKept)
                await KeepAsync();
            _isKept = true;
            return await new SqliteUsageStore(_stores.Database).SpentAsync(scope, name, since, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task KeepAsync()
    {
        var usage = new SqliteUsageStore(_stores.Database);
        foreach (var ((ofScope, ofName), (tokens, cost)) in SpentBefore)
        {
            await usage.AppendAsync(
            [
                new UsageRecord
                {
                    Id = "before",
                    Tenant = ofScope == "tenant" ? ofName : null,
                    KeyId = ofScope == "key" ? ofName : null,
                    Api = "chat",
                    StartedAt = Noon,
                    Outcome = "completed",
                    InputTokens = tokens,
                    Cost = cost,
                },
            ]);
        }

        await _stores.ReopenAsync();
    }
}
