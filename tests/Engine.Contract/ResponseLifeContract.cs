namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IResponseStore"/>: beginning, ending, and who may write.</summary>
public abstract class ResponseLifeContract : StoreContract
{
    [Fact]
    public async Task A_response_that_begins_is_not_to_be_run_again()
    {
        await Responses.CreateAsync(Background("resp_1"), default, default);

        Assert.True(await Responses.BeginAsync("resp_1", 0, Bytes("running")));

        var found = await Responses.FindAsync(null, "resp_1", default);
        Assert.Equal(("in_progress", "running", null), (found!.Status, Text(found.Body), found.Run));
        Assert.Equal("input of resp_1", Text(found.Input));
    }

    [Fact]
    public async Task An_end_is_kept_whole()
    {
        await Responses.CreateAsync(Background("resp_1"), Events(0, "a"), default);

        Assert.True(await Responses.EndAsync(Background("resp_1"), Completed(Events(1, "b", "c"))));

        var found = await Responses.FindAsync(null, "resp_1", default);
        Assert.Equal(("completed", "the end", "input of resp_1"), (found!.Status, Text(found.Body), Text(found.Input)));
        Assert.Equal((true, 2, null), (found.IsEnded, found.LastSequence, found.Run));
        Assert.Equal(Text(Events(0, "a", "b", "c").Frames), Text((await Responses.ReadEventsAsync("resp_1", -1, 1000, default)).Frames));
    }

    [Fact]
    public async Task The_end_of_a_response_that_was_never_created_keeps_all_of_it()
    {
        var response = Response("resp_1", "a") with { Stream = true, PreviousResponseId = "resp_0", IdempotencyKey = new("key", "hash") };

        Assert.True(await Responses.EndAsync(response, Completed()));

        var found = await Responses.FindAsync("a", "resp_1", default);
        Assert.Equal(("completed", "the end", "input of resp_1"), (found!.Status, Text(found.Body), Text(found.Input)));
        Assert.Equal((Created, false, true, "resp_0", -1), (found.CreatedAt, found.Background, found.Stream, found.PreviousResponseId, found.LastSequence));
        Assert.Equal("resp_1", (await Responses.FindByIdempotencyKeyAsync("a", "key", default))!.Id);
    }

    [Fact]
    public async Task The_end_of_a_foreground_response_that_was_created_is_its_end()
    {
        var response = Response("resp_1") with { IdempotencyKey = new("key", "hash") };
        await Responses.CreateAsync(response, default, default);

        Assert.True(await Responses.EndAsync(response, Completed()));

        Assert.Equal("completed", (await Responses.FindAsync(null, "resp_1", default))!.Status);
        Assert.Equal("resp_1", (await Responses.FindByIdempotencyKeyAsync(null, "key", default))!.Id);
    }

    [Fact]
    public async Task A_response_whose_key_is_taken_when_it_ends_is_kept_without_it()
    {
        var key = new IdempotencyKey("key", "hash");
        await Responses.CreateAsync(Background("resp_1") with { IdempotencyKey = key }, default, default);

        Assert.True(await Responses.EndAsync(Response("resp_2") with { IdempotencyKey = key }, Completed()));

        Assert.Null((await Responses.FindAsync(null, "resp_2", default))!.IdempotencyKey);
        Assert.Equal("resp_1", (await Responses.FindByIdempotencyKeyAsync(null, "key", default))!.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_changes_after_the_end(bool background)
    {
        var response = background ? Background("resp_1") : Response("resp_1") with { IdempotencyKey = new("key", "hash") };
        if (background)
            await Responses.CreateAsync(response, default, default);
        await Responses.EndAsync(response, Completed());

        Assert.False(await Responses.EndAsync(response, Completed(Events(0, "a")) with { Status = "failed", Body = Bytes("other") }));
        Assert.False(await Responses.BeginAsync("resp_1", 0, Bytes("other")));
        Assert.False(await Responses.AppendAsync("resp_1", 0, Events(0, "a")));

        var found = await Responses.FindAsync(null, "resp_1", default);
        Assert.Equal(("completed", "the end", -1), (found!.Status, Text(found.Body), found.LastSequence));
    }

    [Fact]
    public async Task What_was_deleted_while_it_ran_does_not_come_back()
    {
        await Responses.CreateAsync(Background("resp_1"), Events(0, "a"), default);
        await Responses.DeleteAsync(null, "resp_1", default);

        Assert.False(await Responses.BeginAsync("resp_1", 0, Bytes("running")));
        Assert.False(await Responses.AppendAsync("resp_1", 0, Events(1, "b")));
        Assert.False(await Responses.EndAsync(Background("resp_1"), Completed(Events(1, "b"))));

        Assert.Null(await Responses.FindAsync(null, "resp_1", default));
        Assert.Equal(0, (await Responses.ReadEventsAsync("resp_1", -1, 1000, default)).Count);
    }

    [Fact]
    public async Task An_older_owner_writes_nothing()
    {
        await Responses.CreateAsync(Background("resp_1"), Events(0, "a"), default);
        var taken = Assert.Single(await Responses.TakeOverAsync(default));

        Assert.False(await Responses.BeginAsync("resp_1", 0, Bytes("old")));
        Assert.False(await Responses.AppendAsync("resp_1", 0, Events(1, "old")));
        Assert.False(await Responses.EndAsync(Background("resp_1"), Completed(Events(1, "old")) with { Deliveries = [Delivery("evt_1")] }));
        Assert.Equal(("queued", 0), ((await Responses.FindAsync(null, "resp_1", default))!.Status, taken.LastSequence));
        Assert.Empty((await Webhooks.DueAsync("e", Created, 10, default)).Due);

        Assert.True(await Responses.BeginAsync("resp_1", taken.Epoch, Bytes("new")));
        Assert.True(await Responses.AppendAsync("resp_1", taken.Epoch, Events(1, "new")));
        Assert.True(await Responses.EndAsync(taken, Completed(Events(2, "new"))));
        Assert.Equal(Text(Events(0, "a", "new", "new").Frames), Text((await Responses.ReadEventsAsync("resp_1", -1, 1000, default)).Frames));
    }

    [Fact]
    public async Task A_new_owner_gets_all_that_has_not_ended_the_oldest_first()
    {
        await Responses.CreateAsync(Background("resp_3", "a") with { CreatedAt = Created.AddSeconds(3) }, Events(0, "a", "b"), default);
        await Responses.CreateAsync(Background("resp_1", "b") with { CreatedAt = Created.AddSeconds(1) }, default, default);
        await Responses.CreateAsync(Background("resp_2") with { CreatedAt = Created.AddSeconds(2), Epoch = 5 }, default, default);
        await Responses.BeginAsync("resp_1", 0, Bytes("running"));
        await Responses.EndAsync(Response("resp_4"), Completed());

        var taken = await Responses.TakeOverAsync(default);

        Assert.Equal(["resp_1", "resp_2", "resp_3"], taken.Select(r => r.Id));
        Assert.Equal([1, 6, 1], taken.Select(r => r.Epoch));
        Assert.Equal(["in_progress", "queued", "queued"], taken.Select(r => r.Status));
        Assert.Equal([null, "req_resp_2", "req_resp_3"], taken.Select(r => r.Run?.RequestId));
        Assert.Equal([-1, -1, 1], taken.Select(r => r.LastSequence));
        Assert.Equal([2, 7, 2], (await Responses.TakeOverAsync(default)).Select(r => r.Epoch));
    }

    private static WebhookDelivery Delivery(string id) => new() { Id = id, Endpoint = "e", Body = Bytes("{}"), DueAt = Created };
}
