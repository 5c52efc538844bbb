using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Engine.Contract;
using Microsoft.Extensions.Time.Testing;

namespace AiGateway.Embedded.Tests;

public sealed class MemoryConversationStoreTests : ConversationStoreContract
{
    private readonly Stores _stores = Stores.InMemory();

    protected override ValueTask<IConversationStore> CreateAsync() => new(new SqliteConversationStore(_stores.Database, _stores.Time));

    protected override ValueTask EndAsync() => _stores.DisposeAsync();
}

public sealed class FileConversationStoreTests : ConversationStoreContract
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Stores _stores;

    public FileConversationStoreTests() => _stores = Stores.InFile(_time);

    protected override ValueTask<IConversationStore> CreateAsync() => new(new SqliteConversationStore(_stores.Database, _time));

    protected override ValueTask EndAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Whatever_changes_a_conversation_counts_as_its_use_and_reading_does_not()
    {
        await KeepAsync("conv_1", null, "{}", "msg_1");
        Assert.Equal(_time.GetUtcNow(), await UsedAtAsync());
        var kept = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromHours(1));
        await Store.FindAsync(null, "conv_1", default);
        await Store.ItemsAsync(null, "conv_1", null, null, false, default);
        Assert.Equal(kept, await UsedAtAsync());

        Func<Task>[] changes =
        [
            async () => await Store.AppendAsync(null, "conv_1", [new StoredItem("msg_2", "{}".Utf8())], default),
            async () => await Store.UpdateAsync(null, "conv_1", "{}".Utf8(), default),
            async () => await Store.DeleteItemAsync(null, "conv_1", "msg_1", default),
        ];
        foreach (var change in changes)
        {
            _time.Advance(TimeSpan.FromHours(1));
            await change();
            Assert.Equal(_time.GetUtcNow(), await UsedAtAsync());
        }

        async Task<DateTimeOffset> UsedAtAsync() => SqliteValues.Time(await _stores.NumberAsync("SELECT used_at FROM conversations WHERE id = 'conv_1'"));
    }

    [Fact]
    public async Task What_was_told_is_there_after_the_next_start()
    {
        await KeepAsync("conv_1", "a", "{}", "msg_1");
        await Store.AppendAsync("a", "conv_1", [new StoredItem("msg_2", "{}".Utf8())], default);
        await Store.DeleteItemAsync("a", "conv_1", "msg_1", default);
        await _stores.ReopenAsync();

        var again = new SqliteConversationStore(_stores.Database, _time);

        Assert.Equal(["msg_2"], (await again.ItemsAsync("a", "conv_1", null, null, false, default))!.Select(i => i.Item.Id));
    }
}
