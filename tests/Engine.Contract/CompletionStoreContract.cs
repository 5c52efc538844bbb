namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="ICompletionStore"/>: an engine's tests inherit this and say how to make one.</summary>
public abstract class CompletionStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Created = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    protected ICompletionStore Store { get; private set; } = null!;

    /// <summary>Makes an empty store.</summary>
    protected abstract ValueTask<ICompletionStore> CreateAsync();

    protected abstract ValueTask EndAsync();

    public async Task InitializeAsync() => Store = await CreateAsync();

    public async Task DisposeAsync() => await EndAsync();

    [Fact]
    public async Task What_was_kept_is_found_with_the_same_bytes()
    {
        await KeepAsync("c1", "a", model: "gpt-é", metadata: """{"k":"v"}""");

        var found = await Store.FindAsync("a", "c1", default);

        Assert.NotNull(found);
        Assert.Equal(("c1", "a", Created, "gpt-é"), (found.Id, found.Tenant, found.CreatedAt, found.Model));
        Assert.Equal(("""{"k":"v"}""", """{"id":"c1"}""", """[{"role":"user"}]"""), (found.Metadata.Text(), found.Body.Text(), found.Messages.Text()));
    }

    [Fact]
    public async Task What_never_was_is_not_found()
    {
        Assert.Null(await Store.FindAsync(null, "none", default));
        Assert.Null(await Store.UpdateAsync(null, "none", "{}".Utf8(), default));
        Assert.False(await Store.DeleteAsync(null, "none", default));
        Assert.Empty(await IdsAsync(new CompletionQuery { Limit = 10 }));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", null)]
    [InlineData(null, "b")]
    [InlineData(null, "")]
    public async Task Another_tenant_finds_and_changes_nothing(string? owner, string? stranger)
    {
        await KeepAsync("c1", owner, metadata: """{"k":"v"}""");
        await KeepAsync("c2", stranger);

        Assert.Null(await Store.FindAsync(stranger, "c1", default));
        Assert.Null(await Store.UpdateAsync(stranger, "c1", "{}".Utf8(), default));
        Assert.False(await Store.DeleteAsync(stranger, "c1", default));
        Assert.Equal(["c2"], await IdsAsync(new CompletionQuery { Tenant = stranger, Limit = 10 }));
        Assert.Empty(await IdsAsync(new CompletionQuery { Tenant = stranger, After = "c1", Limit = 10 }));
        Assert.Empty(await IdsAsync(new CompletionQuery { Tenant = stranger, Metadata = [new("k", "v")], Limit = 10 }));

        Assert.Equal("""{"k":"v"}""", (await Store.FindAsync(owner, "c1", default))!.Metadata.Text());
    }

    [Fact]
    public async Task Two_tenants_may_have_the_same_id()
    {
        await KeepAsync("c1", "a", model: "x");
        await KeepAsync("c1", "b", model: "y");

        Assert.Equal("x", (await Store.FindAsync("a", "c1", default))!.Model);
        Assert.Equal("y", (await Store.FindAsync("b", "c1", default))!.Model);
    }

    [Fact]
    public async Task An_id_kept_again_is_the_later_completion()
    {
        await KeepAsync("c1", null, model: "x");
        await KeepAsync("c2");
        await KeepAsync("c1", null, model: "y");

        Assert.Equal("y", (await Store.FindAsync(null, "c1", default))!.Model);
        Assert.Equal(["c2", "c1"], await IdsAsync(new CompletionQuery { Limit = 10 }));
    }

    [Fact]
    public async Task Metadata_is_replaced_and_nothing_else()
    {
        await KeepAsync("c1", null, metadata: """{"a":"1"}""");

        var updated = await Store.UpdateAsync(null, "c1", """{"b":"2"}""".Utf8(), default);

        Assert.Equal(("""{"b":"2"}""", """{"id":"c1"}"""), (updated!.Metadata.Text(), updated.Body.Text()));
        Assert.Equal("""{"b":"2"}""", (await Store.FindAsync(null, "c1", default))!.Metadata.Text());
        Assert.Empty(await IdsAsync(new CompletionQuery { Metadata = [new("a", "1")], Limit = 10 }));
        Assert.Equal(["c1"], await IdsAsync(new CompletionQuery { Metadata = [new("b", "2")], Limit = 10 }));
    }

    [Fact]
    public async Task A_deleted_completion_is_gone()
    {
        await KeepAsync("c1");
        await KeepAsync("c2");

        Assert.True(await Store.DeleteAsync(null, "c2", default));
        Assert.False(await Store.DeleteAsync(null, "c2", default));

        Assert.Null(await Store.FindAsync(null, "c2", default));
        Assert.Equal(["c1"], await IdsAsync(new CompletionQuery { Limit = 10 }));
    }

    [Fact]
    public async Task They_are_listed_in_order_of_creation_from_either_end_behind_one_and_within_a_limit()
    {
        foreach (var id in (string[])["c3", "c1", "c2", "c5", "c4"])
            await KeepAsync(id);

        Assert.Equal(["c3", "c1", "c2", "c5", "c4"], await IdsAsync(new CompletionQuery { Limit = 10 }));
        Assert.Equal(["c4", "c5", "c2", "c1", "c3"], await IdsAsync(new CompletionQuery { Limit = 10, Descending = true }));
        Assert.Equal(["c3", "c1"], await IdsAsync(new CompletionQuery { Limit = 2 }));
        Assert.Equal(["c2", "c5"], await IdsAsync(new CompletionQuery { Limit = 2, After = "c1" }));
        Assert.Equal(["c2", "c1"], await IdsAsync(new CompletionQuery { Limit = 2, After = "c5", Descending = true }));
        Assert.Empty(await IdsAsync(new CompletionQuery { Limit = 2, After = "c4" }));
        Assert.Empty(await IdsAsync(new CompletionQuery { Limit = 2, After = "none" }));
        Assert.Empty(await IdsAsync(new CompletionQuery { Limit = 2, After = "none", Descending = true }));
    }

    [Fact]
    public async Task They_are_found_by_model_and_by_all_of_some_metadata()
    {
        await KeepAsync("c1", null, "x", """{"a":"1","b":"2"}""");
        await KeepAsync("c2", null, "y", """{"a":"1"}""");
        await KeepAsync("c3", null, "x", """{"a":"2","b":"2"}""");

        Assert.Equal(["c1", "c3"], await IdsAsync(new CompletionQuery { Model = "x", Limit = 10 }));
        Assert.Empty(await IdsAsync(new CompletionQuery { Model = "X", Limit = 10 }));
        Assert.Equal(["c1", "c2"], await IdsAsync(new CompletionQuery { Metadata = [new("a", "1")], Limit = 10 }));
        Assert.Equal(["c1"], await IdsAsync(new CompletionQuery { Metadata = [new("a", "1"), new("b", "2")], Limit = 10 }));
        Assert.Equal(["c3"], await IdsAsync(new CompletionQuery { Model = "x", Metadata = [new("b", "2")], After = "c1", Limit = 10 }));
        Assert.Empty(await IdsAsync(new CompletionQuery { Metadata = [new("A", "1")], Limit = 10 }));
        Assert.Empty(await IdsAsync(new CompletionQuery { Metadata = [new("a", "")], Limit = 10 }));
    }

    [Theory]
    [InlineData("""{"a\"b":"c\\d\n"}""", "a\"b", "c\\d\n")]
    [InlineData("""{"\u0061.b":"é"}""", "a.b", "\u00e9")]
    [InlineData("""{"$.a[0]":"'"}""", "$.a[0]", "'")]
    [InlineData("""{"":"😀%"}""", "", "😀%")]
    public async Task Any_key_and_any_value_can_be_asked_for(string metadata, string key, string value)
    {
        await KeepAsync("c1", null, "x", metadata);
        await KeepAsync("c2");

        Assert.Equal(["c1"], await IdsAsync(new CompletionQuery { Metadata = [new(key, value)], Limit = 10 }));
    }

    protected async Task KeepAsync(string id, string? tenant = null, string model = "m", string metadata = "{}") => await Store.SaveAsync(new StoredCompletion
    {
        Id = id,
        Tenant = tenant,
        CreatedAt = Created,
        Model = model,
        Metadata = metadata.Utf8(),
        Body = $$"""{"id":"{{id}}"}""".Utf8(),
        Messages = """[{"role":"user"}]""".Utf8(),
    });

    private async Task<string[]> IdsAsync(CompletionQuery query) => [.. (await Store.ListAsync(query, default)).Select(c => c.Id)];
}
