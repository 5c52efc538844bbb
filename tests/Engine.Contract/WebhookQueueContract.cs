namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IWebhookQueue"/>.</summary>
public abstract class WebhookQueueContract : StoreContract
{
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Deliveries_enter_with_the_end_that_they_tell_of()
    {
        var delivery = Delivery("evt_1", 0) with { Attempts = 2 };
        await EndAsync("resp_1", delivery, delivery with { Endpoint = "other" });

        foreach (var endpoint in (string[])["e", "other"])
        {
            var (due, next) = await Webhooks.DueAsync(endpoint, Created, 10, default);
            var found = Assert.Single(due);
            Assert.Equal(("evt_1", endpoint, 2, Created, "body of evt_1"), (found.Id, found.Endpoint, found.Attempts, found.DueAt, Text(found.Body)));
            Assert.Null(next);
        }
    }

    [Fact]
    public async Task The_longest_due_come_first_and_the_next_time_is_that_of_the_others()
    {
        await EndAsync("resp_1", Delivery("evt_3", 3), Delivery("evt_1", 1), Delivery("evt_2", 2), Delivery("evt_9", 9), Delivery("evt_0", 0) with { Endpoint = "other" });

        await DueAsync(0, 10, Created.AddSeconds(1));
        await DueAsync(2, 10, Created.AddSeconds(3), "evt_1", "evt_2");
        await DueAsync(5, 2, Created.AddSeconds(3), "evt_1", "evt_2");
        await DueAsync(9, 10, null, "evt_1", "evt_2", "evt_3", "evt_9");

        async Task DueAsync(int seconds, int limit, DateTimeOffset? next, params string[] ids)
        {
            var found = await Webhooks.DueAsync("e", Created.AddSeconds(seconds), limit, default);
            Assert.Equal(ids, found.Due.Select(d => d.Id));
            Assert.Equal(next, found.Next);
        }
    }

    [Fact]
    public async Task A_delivery_that_is_put_off_is_due_later()
    {
        await EndAsync("resp_1", Delivery("evt_1", 0), Delivery("evt_1", 0) with { Endpoint = "other" });

        await Webhooks.PostponeAsync(Delivery("evt_1", 60) with { Attempts = 1 });

        var (due, next) = await Webhooks.DueAsync("e", Created, 10, default);
        Assert.Empty(due);
        Assert.Equal(Created.AddSeconds(60), next);
        Assert.Equal(1, Assert.Single((await Webhooks.DueAsync("e", Created.AddSeconds(60), 10, default)).Due).Attempts);
        Assert.Equal(0, Assert.Single((await Webhooks.DueAsync("other", Created, 10, default)).Due).Attempts);
    }

    [Fact]
    public async Task A_delivery_that_was_made_is_forgotten()
    {
        await EndAsync("resp_1", Delivery("evt_1", 0), Delivery("evt_1", 0) with { Endpoint = "other" });

        await Webhooks.RemoveAsync(Delivery("evt_1", 0));
        await Webhooks.PostponeAsync(Delivery("evt_1", 5));

        Assert.Empty((await Webhooks.DueAsync("e", Created.AddYears(1), 10, default)).Due);
        Assert.Single((await Webhooks.DueAsync("other", Created.AddYears(1), 10, default)).Due);
    }

    [Fact]
    public async Task What_is_for_endpoints_that_are_not_there_any_more_is_forgotten()
    {
        await EndAsync("resp_1", Delivery("evt_1", 0), Delivery("evt_1", 0) with { Endpoint = "other" }, Delivery("evt_1", 9) with { Endpoint = "third" });
        await EndAsync("resp_2", Delivery("evt_2", 0), Delivery("evt_2", 9) with { Endpoint = "third" });

        Assert.Equal(0, await Webhooks.DropOthersAsync(["third", "e", "other", "fourth"], default));
        Assert.Equal(3, await Webhooks.DropOthersAsync(["e"], default));

        Assert.Equal(["evt_1", "evt_2"], (await Webhooks.DueAsync("e", Created, 10, default)).Due.Select(d => d.Id));
        Assert.Null((await Webhooks.DueAsync("third", Created, 10, default)).Next);
        Assert.Equal(2, await Webhooks.DropOthersAsync([], default));
    }

    [Fact]
    public async Task Waiting_ends_when_a_delivery_enters()
    {
        var waiting = Webhooks.WaitAsync(default).AsTask();
        await EndAsync("resp_1");
        Assert.False(waiting.IsCompleted);

        await EndAsync("resp_2", Delivery("evt_1", 0));

        await waiting.WaitAsync(Hanging);
    }

    [Fact]
    public async Task Waiting_ends_at_once_where_deliveries_entered_since_and_once_only()
    {
        await EndAsync("resp_1", Delivery("evt_1", 0));
        await EndAsync("resp_2", Delivery("evt_2", 0));

        await Webhooks.WaitAsync(default).AsTask().WaitAsync(Hanging);

        using var enough = new CancellationTokenSource();
        var waiting = Webhooks.WaitAsync(enough.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Hanging));
    }

    [Fact]
    public async Task Deliveries_stay_where_their_response_is_deleted()
    {
        await EndAsync("resp_1", Delivery("evt_1", 0));

        await Responses.DeleteAsync(null, "resp_1", default);

        Assert.Single((await Webhooks.DueAsync("e", Created, 10, default)).Due);
    }

    private async Task EndAsync(string id, params WebhookDelivery[] deliveries)
    {
        await Responses.CreateAsync(Background(id), default, default);
        Assert.True(await Responses.EndAsync(Background(id), Completed() with { Deliveries = deliveries }));
    }

    private static WebhookDelivery Delivery(string id, int seconds) =>
        new() { Id = id, Endpoint = "e", Body = Bytes($"body of {id}"), DueAt = Created.AddSeconds(seconds) };
}
