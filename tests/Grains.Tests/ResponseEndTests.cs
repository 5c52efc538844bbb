using AiGateway.Engine;
using AiGateway.Grains.Memory;

namespace AiGateway.Grains.Tests;

/// <summary>What becomes true with a response's end beyond the response itself: its conversation goes on, and what it used is recorded.</summary>
public abstract class ResponseEndTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private IResponseStore Responses { get; set; } = null!;

    private IConversationStore Conversations { get; set; } = null!;

    private IUsageStore Usage { get; set; } = null!;

    private IWebhookQueue Webhooks { get; set; } = null!;

    public async Task InitializeAsync()
    {
        (Responses, Conversations, Usage, Webhooks) = Open();
        await Conversations.CreateAsync(new StoredConversation { Id = "conv_1", Tenant = "t", CreatedAt = Now, Metadata = "{}"u8.ToArray() }, [Item("taken_1"), Item("taken_2")], default);
    }

    public async Task DisposeAsync() => await CloseAsync();

    [Fact]
    public async Task An_item_whose_id_is_taken_gets_its_spare_one_or_is_the_one_that_is_there()
    {
        var end = End() with { ConversationItems = [Item("taken_1") with { Spare = Item("spare_1") }, Item("taken_2"), Item("new") with { Spare = Item("spare_2") }] };

        await CreateAsync();
        Assert.True(await Responses.EndAsync(Response(), end));

        var items = (await Conversations.ItemsAsync("t", "conv_1", null, null, false, default))!;
        Assert.Equal([(1, "taken_1"), (2, "taken_2"), (3, "spare_1"), (5, "new")], items.Select(item => (item.Position, item.Item.Id)));
        Assert.Equal(Item("spare_1").Json.ToArray(), items[2].Item.Json.ToArray());
        Assert.NotNull(await Conversations.FindItemAsync("t", null, "spare_1", default));
        Assert.Null(await Conversations.FindItemAsync("t", null, "spare_2", default));
    }

    [Fact]
    public async Task What_it_used_is_recorded_with_it_once_and_not_with_an_end_that_is_refused()
    {
        await CreateAsync();
        Assert.False(await Responses.EndAsync(Response() with { Epoch = 7 }, End()));
        Assert.Empty(await Usage.ListAsync(new UsageQuery(), null, default));

        await Responses.EndAsync(Response(), End());
        await Responses.EndAsync(Response(), End());

        Assert.Equal(Record(), Assert.Single(await Usage.ListAsync(new UsageQuery(), null, default)));
        await Usage.AppendAsync([Record()]);
        Assert.Single(await Usage.ListAsync(new UsageQuery(), null, default));
        Assert.Equal((12, 0.25m), await Usage.SpentAsync("key", "k", Now.AddHours(-1), default));
        Assert.Equal((12, 0.25m), await Usage.SpentAsync("tenant", "t", Now.AddHours(-1), default));
        Assert.Single((await Webhooks.DueAsync("e", Now, 10, default)).Due);
    }

    [Fact]
    public async Task It_is_known_with_which_key_it_was_made()
    {
        await CreateAsync();

        Assert.Equal("k", (await Responses.FindAsync("t", "resp_1", default))!.KeyId);
        Assert.Equal("k", Assert.Single(await Responses.TakeOverAsync(default)).KeyId);
    }

    private protected abstract (IResponseStore Responses, IConversationStore Conversations, IUsageStore Usage, IWebhookQueue Webhooks) Open();

    private protected abstract ValueTask CloseAsync();

    private async Task CreateAsync() => Assert.True(await Responses.CreateAsync(Response(), default, default));

    private static StoredResponse Response() => new()
    {
        Id = "resp_1",
        Tenant = "t",
        KeyId = "k",
        Status = "in_progress",
        CreatedAt = Now,
        Body = "{}"u8.ToArray(),
        Input = "[]"u8.ToArray(),
        Conversation = "conv_1",
        Background = true,
    };

    private static ResponseEnd End() => new()
    {
        Status = "completed",
        Body = "{}"u8.ToArray(),
        ConversationItems = [Item("a")],
        Usage = Record(),
        Deliveries = [new WebhookDelivery { Id = "evt_1", Endpoint = "e", Body = "{}"u8.ToArray(), DueAt = DateTimeOffset.UnixEpoch }],
    };

    private static UsageRecord Record() => new()
    {
        Id = "resp_1",
        Tenant = "t",
        KeyId = "k",
        Api = "responses",
        StartedAt = Now,
        Outcome = "completed",
        InputTokens = 5,
        OutputTokens = 7,
        Cost = 0.25m,
    };

    private static StoredItem Item(string id) => new(id, System.Text.Encoding.UTF8.GetBytes($$"""{"n":"{{id}}"}"""));
}

[Collection(RedisTests.Name)]
public sealed class RedisResponseEndTests(RedisServer server) : ResponseEndTests
{
    private readonly RedisStores _stores = new(server);

    private protected override (IResponseStore Responses, IConversationStore Conversations, IUsageStore Usage, IWebhookQueue Webhooks) Open() =>
        (_stores.Responses, _stores.Conversations, _stores.Usage, _stores.Webhooks);

    private protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

[Collection(MemoryTests.Name)]
public sealed class MemoryResponseEndTests(MemoryCluster cluster) : ResponseEndTests
{
    private protected override (IResponseStore Responses, IConversationStore Conversations, IUsageStore Usage, IWebhookQueue Webhooks) Open()
    {
        var state = cluster.NewState();
        return (new MemoryResponseStore(state), new MemoryConversationStore(state), new MemoryUsageStore(state), new MemoryWebhookQueue(state));
    }

    private protected override ValueTask CloseAsync() => default;
}
