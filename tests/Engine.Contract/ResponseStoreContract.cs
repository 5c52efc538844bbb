using System.Text;
using AiGateway.Engine;

namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IResponseStore"/>: an engine's tests inherit this and say how to make one.</summary>
public abstract class ResponseStoreContract
{
    protected abstract IResponseStore Create();

    protected static StoredResponse Response(string id, string? tenant = null, string body = "{}", params string[] input) => new()
    {
        Id = id,
        Tenant = tenant,
        Status = "completed",
        Body = Encoding.UTF8.GetBytes(body),
        Input = [.. input.Select(item => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(item))],
    };

    [Fact]
    public async Task What_was_saved_is_found_with_the_same_bytes()
    {
        var store = Create();
        await store.SaveAsync(Response("resp_1", body: """{"id":"resp_1"}""", input: ["""{"a":1}""", """{"b":2}"""]), default);

        var found = await store.FindAsync(null, "resp_1", default);

        Assert.NotNull(found);
        Assert.Equal("""{"id":"resp_1"}""", Encoding.UTF8.GetString(found.Body.Span));
        Assert.Equal(["""{"a":1}""", """{"b":2}"""], found.Input.Select(item => Encoding.UTF8.GetString(item.Span)));
        Assert.Equal("completed", found.Status);
    }

    [Fact]
    public async Task What_never_was_is_not_found() => Assert.Null(await Create().FindAsync(null, "resp_none", default));

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", null)]
    [InlineData(null, "b")]
    public async Task A_tenant_neither_finds_nor_deletes_another_ones(string? owner, string? other)
    {
        var store = Create();
        await store.SaveAsync(Response("resp_1", owner), default);

        Assert.Null(await store.FindAsync(other, "resp_1", default));
        Assert.False(await store.DeleteAsync(other, "resp_1", default));
        Assert.NotNull(await store.FindAsync(owner, "resp_1", default));
    }

    [Fact]
    public async Task What_was_deleted_is_gone_and_can_be_deleted_only_once()
    {
        var store = Create();
        await store.SaveAsync(Response("resp_1"), default);

        Assert.True(await store.DeleteAsync(null, "resp_1", default));
        Assert.False(await store.DeleteAsync(null, "resp_1", default));
        Assert.Null(await store.FindAsync(null, "resp_1", default));
    }

    [Fact]
    public async Task Saved_again_the_last_one_counts()
    {
        var store = Create();
        await store.SaveAsync(Response("resp_1", body: "1"), default);
        await store.SaveAsync(Response("resp_1", body: "2"), default);

        Assert.Equal("2", Encoding.UTF8.GetString((await store.FindAsync(null, "resp_1", default))!.Body.Span));
    }

    [Fact]
    public async Task Many_at_once_lose_nothing()
    {
        var store = Create();
        await Parallel.ForAsync(0, 500, async (i, _) => await store.SaveAsync(Response($"resp_{i}", i % 2 == 0 ? "even" : "odd"), default));

        for (var i = 0; i < 500; i++)
            Assert.NotNull(await store.FindAsync(i % 2 == 0 ? "even" : "odd", $"resp_{i}", default));
    }
}
