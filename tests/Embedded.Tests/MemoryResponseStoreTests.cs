using AiGateway.Engine;
using AiGateway.Engine.Contract;

namespace AiGateway.Embedded.Tests;

public sealed class MemoryResponseStoreTests : ResponseStoreContract
{
    protected override IResponseStore Create() => new MemoryResponseStore();

    [Fact]
    public async Task Over_its_bound_it_forgets_what_was_not_used_for_the_longest_time()
    {
        var store = new MemoryResponseStore(maxBytes: 3000);
        foreach (var id in (string[])["a", "b", "c"])
            await store.SaveAsync(Response(id, body: new string('x', 900)), default);
        await store.FindAsync(null, "a", default);

        await store.SaveAsync(Response("d", body: new string('x', 900)), default);

        Assert.Equal(3, store.Count);
        Assert.Null(await store.FindAsync(null, "b", default));
        Assert.NotNull(await store.FindAsync(null, "a", default));
    }

    [Fact]
    public async Task A_response_larger_than_the_bound_is_kept_alone()
    {
        var store = new MemoryResponseStore(maxBytes: 100);
        await store.SaveAsync(Response("small"), default);
        await store.SaveAsync(Response("large", body: new string('x', 1000)), default);

        Assert.Equal(1, store.Count);
        Assert.NotNull(await store.FindAsync(null, "large", default));
    }
}
