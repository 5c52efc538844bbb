namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IResponseStore"/>: keeping, finding and forgetting.</summary>
public abstract class ResponseStoreContract : StoreContract
{
    public static TheoryData<string?, string?> Strangers => new() { { "a", "b" }, { "a", null }, { null, "b" }, { null, "" }, { "", null } };

    [Fact]
    public async Task What_was_created_is_found_as_it_was()
    {
        var response = Background("resp_1", "a") with
        {
            PreviousResponseId = "resp_0",
            Conversation = "conv_1",
            ConversationPosition = 7,
            Epoch = 3,
            IdempotencyKey = new IdempotencyKey("key", "hash"),
            Run = new RunRequest
            {
                RequestId = "req_1",
                Body = Bytes("""{"input":"é"}"""),
                AskedModel = "m",
                Headers = [new("user-agent", "x"), new("openai-beta", "y")],
                KeyLimit = new CapacityLimit("key", "k") { Requests = 1, Tokens = 2, InFlight = 3, Budgets = [new("day", 4, null), new("ever", null, 0.000005m)] },
            },
        };

        Assert.True(await Responses.CreateAsync(response, Events(0, "a", "b"), default));

        var found = await Responses.FindAsync("a", "resp_1", default);
        Assert.NotNull(found);
        Assert.Equal((response.Id, response.Tenant, response.Status, response.CreatedAt), (found.Id, found.Tenant, found.Status, found.CreatedAt));
        Assert.Equal(("resp_0", "conv_1", 7), (found.PreviousResponseId, found.Conversation, found.ConversationPosition));
        Assert.Equal((true, true, 1, 3), (found.Background, found.Stream, found.LastSequence, found.Epoch));
        Assert.Equal(("body of resp_1", "input of resp_1"), (Text(found.Body), Text(found.Input)));
        Assert.Equal(response.IdempotencyKey, found.IdempotencyKey);
        Assert.Equal(("req_1", "m", """{"input":"é"}"""), (found.Run!.RequestId, found.Run.AskedModel, Text(found.Run.Body)));
        Assert.Equal(response.Run.Headers, found.Run.Headers);
        Assert.Equal(response.Run.KeyLimit with { Budgets = [] }, found.Run.KeyLimit! with { Budgets = [] });
        Assert.Equal(response.Run.KeyLimit.Budgets, found.Run.KeyLimit.Budgets);
    }

    [Fact]
    public async Task What_was_created_with_little_is_found_with_little()
    {
        Assert.True(await Responses.CreateAsync(Response("resp_1"), default, default));

        var found = await Responses.FindAsync(null, "resp_1", default);
        Assert.NotNull(found);
        Assert.Equal((null, null, null), (found.Tenant, found.PreviousResponseId, found.Conversation));
        Assert.Equal((false, false, -1, 0), (found.Background, found.Stream, found.LastSequence, found.Epoch));
        Assert.Null(found.Run);
        Assert.Null(found.IdempotencyKey);
    }

    [Fact]
    public async Task What_never_was_is_nowhere()
    {
        Assert.Null(await Responses.FindAsync(null, "resp_none", default));
        Assert.Null(await Responses.FindByIdempotencyKeyAsync(null, "none", default));
        Assert.Equal(0, (await Responses.ReadEventsAsync("resp_none", -1, 1000, default)).Count);
        Assert.False(await Responses.BeginAsync("resp_none", 0, Bytes("{}")));
        Assert.False(await Responses.AppendAsync("resp_none", 0, Events(0, "a")));
        Assert.False(await Responses.DeleteAsync(null, "resp_none", default));
        Assert.Empty(await Responses.TakeOverAsync(default));
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Another_tenant_finds_and_deletes_nothing(string? owner, string? stranger)
    {
        await Responses.EndAsync(Response("resp_1", owner) with { IdempotencyKey = new("key", "hash") }, Completed());

        Assert.Null(await Responses.FindAsync(stranger, "resp_1", default));
        Assert.Null(await Responses.FindByIdempotencyKeyAsync(stranger, "key", default));
        Assert.Empty((await Responses.FindChainAsync(stranger, "resp_1", default)).Links);
        Assert.False(await Responses.DeleteAsync(stranger, "resp_1", default));
        Assert.NotNull(await Responses.FindAsync(owner, "resp_1", default));
    }

    [Fact]
    public async Task An_idempotency_key_is_taken_once_in_a_tenant()
    {
        var key = new IdempotencyKey("key", "hash");
        Assert.True(await Responses.CreateAsync(Background("resp_1", "a") with { IdempotencyKey = key }, default, default));

        Assert.False(await Responses.CreateAsync(Background("resp_2", "a") with { IdempotencyKey = key }, Events(0, "a"), default));
        Assert.True(await Responses.CreateAsync(Background("resp_3", "b") with { IdempotencyKey = key }, default, default));

        Assert.Null(await Responses.FindAsync("a", "resp_2", default));
        Assert.Equal(0, (await Responses.ReadEventsAsync("resp_2", -1, 1000, default)).Count);
        Assert.Equal("resp_1", (await Responses.FindByIdempotencyKeyAsync("a", "key", default))!.Id);
        Assert.Equal("resp_3", (await Responses.FindByIdempotencyKeyAsync("b", "key", default))!.Id);
        Assert.Equal(key, (await Responses.FindByIdempotencyKeyAsync("a", "key", default))!.IdempotencyKey);
    }

    [Fact]
    public async Task A_deleted_response_leaves_its_key()
    {
        var response = Background("resp_1") with { IdempotencyKey = new IdempotencyKey("key", "hash") };
        await Responses.CreateAsync(response, default, default);
        Assert.True(await Responses.DeleteAsync(null, "resp_1", default));

        Assert.Null(await Responses.FindByIdempotencyKeyAsync(null, "key", default));
        Assert.True(await Responses.CreateAsync(response with { Id = "resp_2" }, default, default));
    }

    [Fact]
    public async Task A_deleted_response_is_gone_with_its_events_and_the_others_stay()
    {
        foreach (var id in (string[])["resp_1", "resp_2"])
            await Responses.CreateAsync(Background(id), Events(0, "a"), default);

        Assert.True(await Responses.DeleteAsync(null, "resp_1", default));

        Assert.Null(await Responses.FindAsync(null, "resp_1", default));
        Assert.Equal(0, (await Responses.ReadEventsAsync("resp_1", -1, 1000, default)).Count);
        Assert.False(await Responses.DeleteAsync(null, "resp_1", default));
        Assert.NotNull(await Responses.FindAsync(null, "resp_2", default));
        Assert.Equal(1, (await Responses.ReadEventsAsync("resp_2", -1, 1000, default)).Count);

        // Nor does what comes next inherit anything.
        Assert.True(await Responses.DeleteAsync(null, "resp_2", default));
        await Responses.CreateAsync(Background("resp_3"), default, default);
        Assert.Equal(-1, (await Responses.FindAsync(null, "resp_3", default))!.LastSequence);
    }

    [Fact]
    public async Task Many_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var id = $"resp_{i}";
            Assert.True(await Responses.CreateAsync(Background(id), Events(0, "a"), default));
            Assert.True(await Responses.BeginAsync(id, 0, Bytes("running")));
            Assert.True(await Responses.AppendAsync(id, 0, Events(1, $"{i}")));
            Assert.True(await Responses.EndAsync(Background(id), Completed(Events(2, "z"))));
            var found = await Responses.FindAsync(null, id, default);
            Assert.Equal(("completed", 2), (found!.Status, found.LastSequence));
        }));

        Assert.Empty(await Responses.TakeOverAsync(default));
    }
}
