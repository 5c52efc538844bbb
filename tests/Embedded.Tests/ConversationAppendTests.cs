using AiGateway.Engine;
using Microsoft.Extensions.Time.Testing;

namespace AiGateway.Embedded.Tests;

/// <summary>A response's end appends to its conversation, in one with what is kept of the response.</summary>
public sealed class ConversationAppendTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Stores _stores = Stores.InFile(new FakeTimeProvider(Now));

    public async Task InitializeAsync() => await _stores.Database.WriteAsync(session =>
        session.Execute("INSERT INTO conversations (id, tenant, created_at, used_at, last_position, metadata) VALUES ('conv_1', '=a', 1, 2, 5, x'7b7d')"));

    public async Task DisposeAsync() => await _stores.DisposeAsync();

    [Fact]
    public async Task Items_get_the_next_places()
    {
        await EndAsync("resp_1", "a", "msg_1", "msg_2");
        await EndAsync("resp_2", "a", "msg_3");

        Assert.Equal(["6 msg_1 item msg_1", "7 msg_2 item msg_2", "8 msg_3 item msg_3"], await ItemsAsync());
        Assert.Equal(8, await _stores.NumberAsync("SELECT last_position FROM conversations"));
        Assert.Equal(Now.ToUnixTimeMilliseconds(), await _stores.NumberAsync("SELECT used_at FROM conversations"));
    }

    [Theory]
    [InlineData("b", "conv_1")]
    [InlineData(null, "conv_1")]
    [InlineData("a", "conv_gone")]
    public async Task A_conversation_that_is_gone_or_anothers_is_passed_over(string? tenant, string conversation)
    {
        await EndAsync("resp_1", tenant, conversation, ["msg_1"]);

        Assert.Empty(await ItemsAsync());
        Assert.Equal(5, await _stores.NumberAsync("SELECT last_position FROM conversations"));
        Assert.NotNull(await _stores.Responses.FindAsync(tenant, "resp_1", default));
    }

    [Fact]
    public async Task An_item_whose_id_is_taken_gets_its_spare_one()
    {
        await EndAsync("resp_1", "a", "msg_1");
        var again = End("msg_1", "msg_1", "msg_2");
        again = again with { ConversationItems = [WithSpare(again.ConversationItems[0], "spare_1"), again.ConversationItems[1], WithSpare(again.ConversationItems[2], "spare_2")] };

        Assert.True(await _stores.Responses.EndAsync(Response("resp_2", "a", "conv_1"), again));

        Assert.Equal(["6 msg_1 item msg_1", "7 spare_1 item spare_1", "9 msg_2 item msg_2"], await ItemsAsync());

        static StoredItem WithSpare(StoredItem item, string id) => item with { Spare = End(id).ConversationItems[0] };
    }

    [Fact]
    public async Task An_end_that_is_refused_appends_nothing()
    {
        await EndAsync("resp_1", "a", "msg_1");

        Assert.False(await _stores.Responses.EndAsync(Response("resp_1", "a", "conv_1"), End("msg_2")));

        Assert.Equal(["6 msg_1 item msg_1"], await ItemsAsync());
    }

    private Task EndAsync(string id, string tenant, params string[] items) => EndAsync(id, tenant, "conv_1", items);

    private async Task EndAsync(string id, string? tenant, string conversation, string[] items) =>
        Assert.True(await _stores.Responses.EndAsync(Response(id, tenant, conversation), End(items)));

    private ValueTask<List<string>> ItemsAsync() => _stores.Database.ReadAsync(
        session => session.All(
            "SELECT i.position || ' ' || i.id || ' ' || CAST(i.json AS TEXT) FROM conversation_items i JOIN conversations c ON c.number = i.conversation ORDER BY i.position",
            row => row.GetString(0)),
        default);

    private static StoredResponse Response(string id, string? tenant, string conversation) => new()
    {
        Id = id,
        Tenant = tenant,
        Status = "in_progress",
        CreatedAt = Now,
        Body = "{}"u8.ToArray(),
        Input = "[]"u8.ToArray(),
        Conversation = conversation,
    };

    private static ResponseEnd End(params string[] items) => new()
    {
        Status = "completed",
        Body = "{}"u8.ToArray(),
        ConversationItems = [.. items.Select(id => new StoredItem(id, System.Text.Encoding.UTF8.GetBytes("item " + id)))],
    };
}
