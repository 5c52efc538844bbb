using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Engine.Contract;

namespace AiGateway.Embedded.Tests;

public sealed class MemoryCompletionStoreTests : CompletionStoreContract
{
    private readonly Stores _stores = Stores.InMemory();

    protected override ValueTask<ICompletionStore> CreateAsync() => new(new SqliteCompletionStore(_stores.Database));

    protected override ValueTask EndAsync() => _stores.DisposeAsync();
}

public sealed class FileCompletionStoreTests : CompletionStoreContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override ValueTask<ICompletionStore> CreateAsync() => new(new SqliteCompletionStore(_stores.Database));

    protected override ValueTask EndAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task What_was_told_is_there_after_the_next_start()
    {
        await KeepAsync("c1", "a");
        await Store.UpdateAsync("a", "c1", """{"k":"v"}""".Utf8(), default);
        await _stores.ReopenAsync();

        Assert.Equal("""{"k":"v"}""", (await new SqliteCompletionStore(_stores.Database).FindAsync("a", "c1", default))!.Metadata.Text());
    }

    [Fact]
    public async Task A_tenants_list_is_read_by_its_index()
    {
        var plan = await _stores.Database.ReadAsync(
            session => session.First(
                "EXPLAIN QUERY PLAN SELECT id FROM completions WHERE tenant = $1 AND number > $2 ORDER BY number LIMIT 20", reader => reader.GetString(3), "=a", 0),
            default);

        Assert.Contains("completions_by_tenant", plan, StringComparison.Ordinal);
    }
}
