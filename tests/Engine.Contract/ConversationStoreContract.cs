namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IConversationStore"/>: an engine's tests inherit this and say how to make one.</summary>
public abstract class ConversationStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Created = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    protected IConversationStore Store { get; private set; } = null!;

    public static TheoryData<string?, string?> Strangers => new() { { "a", "b" }, { "a", null }, { null, "b" }, { null, "" }, { "", null } };

    /// <summary>Makes an empty store.</summary>
    protected abstract ValueTask<IConversationStore> CreateAsync();

    protected abstract ValueTask EndAsync();

    public async Task InitializeAsync() => Store = await CreateAsync();

    public async Task DisposeAsync() => await EndAsync();

    [Fact]
    public async Task What_was_kept_is_found()
    {
        await KeepAsync("conv_1", "a", """{"topic":"é"}""", "msg_1", "msg_2");

        var found = await Store.FindAsync("a", "conv_1", default);

        Assert.NotNull(found);
        Assert.Equal(("conv_1", "a", Created), (found.Id, found.Tenant, found.CreatedAt));
        Assert.Equal("""{"topic":"é"}""", found.Metadata.Text());
        var items = await Store.ItemsAsync("a", "conv_1", null, null, false, default);
        Assert.Equal([(1, "msg_1", """{"n":"msg_1"}"""), (2, "msg_2", """{"n":"msg_2"}""")], items!.Select(i => (i.Position, i.Item.Id, i.Item.Json.Text())));
    }

    [Fact]
    public async Task What_never_was_is_not_found()
    {
        Assert.Null(await Store.FindAsync(null, "conv_none", default));
        Assert.Null(await Store.ItemsAsync(null, "conv_none", null, null, false, default));
        Assert.Null(await Store.UpdateAsync(null, "conv_none", "{}".Utf8(), default));
        Assert.Null(await Store.FindItemAsync(null, "conv_none", "msg_1", default));
        Assert.Null(await Store.FindItemAsync(null, null, "msg_1", default));
        Assert.False(await Store.AppendAsync(null, "conv_none", Items("msg_1"), default));
        Assert.False(await Store.DeleteItemAsync(null, "conv_none", "msg_1", default));
        Assert.False(await Store.DeleteAsync(null, "conv_none", default));
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Another_tenant_finds_and_changes_nothing(string? owner, string? stranger)
    {
        await KeepAsync("conv_1", owner, "{}", "msg_1");

        Assert.Null(await Store.FindAsync(stranger, "conv_1", default));
        Assert.Null(await Store.ItemsAsync(stranger, "conv_1", null, null, false, default));
        Assert.Null(await Store.UpdateAsync(stranger, "conv_1", """{"a":"b"}""".Utf8(), default));
        Assert.Null(await Store.FindItemAsync(stranger, "conv_1", "msg_1", default));
        Assert.Null(await Store.FindItemAsync(stranger, null, "msg_1", default));
        Assert.False(await Store.AppendAsync(stranger, "conv_1", Items("msg_2"), default));
        Assert.False(await Store.DeleteItemAsync(stranger, "conv_1", "msg_1", default));
        Assert.False(await Store.DeleteAsync(stranger, "conv_1", default));

        Assert.Equal("{}", (await Store.FindAsync(owner, "conv_1", default))!.Metadata.Text());
        Assert.Equal(["msg_1"], await IdsAsync("conv_1", owner));
        Assert.NotNull(await Store.FindItemAsync(owner, null, "msg_1", default));
    }

    [Fact]
    public async Task Metadata_is_replaced_and_nothing_else()
    {
        await KeepAsync("conv_1", null, """{"a":"1","b":"2"}""", "msg_1");

        var updated = await Store.UpdateAsync(null, "conv_1", """{"c":"3"}""".Utf8(), default);

        Assert.Equal("""{"c":"3"}""", updated!.Metadata.Text());
        Assert.Equal(Created, updated.CreatedAt);
        Assert.Equal("""{"c":"3"}""", (await Store.FindAsync(null, "conv_1", default))!.Metadata.Text());
        Assert.Equal(["msg_1"], await IdsAsync("conv_1"));
    }

    [Fact]
    public async Task Items_are_read_from_either_end_behind_a_place_and_within_a_limit()
    {
        await KeepAsync("conv_1", null, "{}", "i1", "i2");
        Assert.True(await Store.AppendAsync(null, "conv_1", Items("i3", "i4", "i5"), default));

        Assert.Equal(["i1", "i2", "i3", "i4", "i5"], await IdsAsync("conv_1"));
        Assert.Equal(["i5", "i4", "i3", "i2", "i1"], await IdsAsync("conv_1", descending: true));
        Assert.Equal(["i1", "i2"], await IdsAsync("conv_1", limit: 2));
        Assert.Equal(["i3", "i4"], await IdsAsync("conv_1", after: 2, limit: 2));
        Assert.Equal(["i3", "i2"], await IdsAsync("conv_1", after: 4, limit: 2, descending: true));
        Assert.Empty(await IdsAsync("conv_1", after: 5));
        Assert.Empty(await IdsAsync("conv_1", after: 1, descending: true));
        Assert.Empty(await IdsAsync("conv_1", limit: 0));
    }

    [Fact]
    public async Task Appends_at_once_each_stay_together_and_no_place_is_given_twice()
    {
        await KeepAsync("conv_1", null, "{}");

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(async () => await Store.AppendAsync(null, "conv_1", Items($"{n}a", $"{n}b"), default))));

        Assert.All(results, Assert.True);
        var items = (await Store.ItemsAsync(null, "conv_1", null, null, false, default))!;
        Assert.Equal(Enumerable.Range(1, 40).Select(n => (long)n), items.Select(i => i.Position));
        for (var i = 0; i < 40; i += 2)
            Assert.Equal(items[i].Item.Id[..^1] + "b", items[i + 1].Item.Id);
    }

    [Fact]
    public async Task An_id_that_is_taken_is_refused_and_nothing_is_kept()
    {
        await KeepAsync("conv_1", null, "{}", "i1");
        await KeepAsync("conv_2", null, "{}", "i2");

        Assert.Equal("i1", (await DuplicateAsync("i3", "i1", "i4")).ItemId);
        Assert.Equal("i3", (await DuplicateAsync("i3", "i4", "i3")).ItemId);
        Assert.Equal("i5", (await Assert.ThrowsAsync<DuplicateItemException>(() => KeepAsync("conv_3", null, "{}", "i5", "i5"))).ItemId);

        Assert.Equal(["i1"], await IdsAsync("conv_1"));
        Assert.Null(await Store.FindAsync(null, "conv_3", default));
        Assert.True(await Store.AppendAsync(null, "conv_1", Items("i2"), default));
        await Store.DeleteItemAsync(null, "conv_1", "i1", default);
        Assert.True(await Store.AppendAsync(null, "conv_1", Items("i1"), default));
        Assert.Equal(["i2", "i1"], await IdsAsync("conv_1"));

        Task<DuplicateItemException> DuplicateAsync(params string[] ids) =>
            Assert.ThrowsAsync<DuplicateItemException>(async () => await Store.AppendAsync(null, "conv_1", Items(ids), default));
    }

    [Fact]
    public async Task Of_appends_at_once_of_the_same_id_one_is_kept()
    {
        await KeepAsync("conv_1", null, "{}");

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(async () =>
        {
            try
            {
                return await Store.AppendAsync(null, "conv_1", Items($"{n}", "same"), default);
            }
            catch (DuplicateItemException e)
            {
                Assert.Equal("same", e.ItemId);
                return false;
            }
        })));

        var kept = Assert.Single(Enumerable.Range(0, 20), n => results[n]);
        Assert.Equal([$"{kept}", "same"], await IdsAsync("conv_1"));
    }

    [Fact]
    public async Task An_item_is_found_in_its_conversation_or_in_whichever_holds_it()
    {
        await KeepAsync("conv_1", null, "{}", "msg_1");
        await KeepAsync("conv_2", null, "{}", "msg_2");

        Assert.Equal(1, (await Store.FindItemAsync(null, "conv_1", "msg_1", default))!.Position);
        Assert.Equal("""{"n":"msg_2"}""", (await Store.FindItemAsync(null, null, "msg_2", default))!.Item.Json.Text());
        Assert.Null(await Store.FindItemAsync(null, "conv_1", "msg_2", default));
    }

    [Fact]
    public async Task An_item_taken_out_is_gone_and_its_place_stays_empty()
    {
        await KeepAsync("conv_1", null, "{}", "i1", "i2", "i3");
        await KeepAsync("conv_2", null, "{}", "i3");

        Assert.True(await Store.DeleteItemAsync(null, "conv_1", "i3", default));
        Assert.False(await Store.DeleteItemAsync(null, "conv_1", "i3", default));
        await Store.AppendAsync(null, "conv_1", Items("i4"), default);

        Assert.Null(await Store.FindItemAsync(null, "conv_1", "i3", default));
        Assert.NotNull(await Store.FindItemAsync(null, "conv_2", "i3", default));
        Assert.Equal([1, 2, 4], (await Store.ItemsAsync(null, "conv_1", null, null, false, default))!.Select(i => i.Position));
    }

    [Fact]
    public async Task A_deleted_conversation_is_gone_with_its_items_and_leaves_nothing_to_the_next()
    {
        await KeepAsync("conv_1", null, "{}", "msg_1");
        await KeepAsync("conv_2", null, "{}", "msg_2");

        Assert.True(await Store.DeleteAsync(null, "conv_2", default));
        Assert.False(await Store.DeleteAsync(null, "conv_2", default));
        await KeepAsync("conv_3", null, "{}");

        Assert.Null(await Store.FindAsync(null, "conv_2", default));
        Assert.Null(await Store.FindItemAsync(null, null, "msg_2", default));
        Assert.Empty(await IdsAsync("conv_3"));
        Assert.Equal(["msg_1"], await IdsAsync("conv_1"));
    }

    [Fact]
    public async Task Who_has_given_up_is_not_waited_for() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.AppendAsync(null, "conv_1", Items("msg_1"), new CancellationToken(true)));

    protected async Task KeepAsync(string id, string? tenant, string metadata, params string[] items) =>
        await Store.CreateAsync(new StoredConversation { Id = id, Tenant = tenant, CreatedAt = Created, Metadata = metadata.Utf8() }, Items(items), default);

    private static StoredItem[] Items(params string[] ids) => [.. ids.Select(id => new StoredItem(id, $$"""{"n":"{{id}}"}""".Utf8()))];

    private async Task<string[]> IdsAsync(string id, string? tenant = null, long? after = null, int? limit = null, bool descending = false) =>
        [.. (await Store.ItemsAsync(tenant, id, after, limit, descending, default))!.Select(i => i.Item.Id)];
}
