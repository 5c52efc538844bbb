using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// Another tenant's response does not exist, running or ended.
public abstract partial class ResponseEngineContract
{
    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", null)]
    [InlineData(null, "a")]
    [InlineData("a", "A")]
    public async Task Tenants_are_walls(string? owner, string? stranger)
    {
        var node = await StartAsync();
        var response = Known.Queued("resp_1", owner) with { IdempotencyKey = new IdempotencyKey("key", "hash") };
        await node.Engine.StartAsync(response, Known.Beginning("resp_1"), default);
        var run = await node.Runner.RunOfAsync("resp_1");
        await using var foreground = node.Engine.Enter(Known.Foreground("resp_2", owner));

        await NothingThereAsync("resp_1");
        await NothingThereAsync("resp_2");
        Assert.False(run.Token.IsCancellationRequested);
        Assert.NotNull(await node.Engine.FindAsync(owner, "resp_2", default));

        await run.CompleteAsync();
        await node.EndOfAsync("resp_1", owner);
        await NothingThereAsync("resp_1");
        Assert.True(await node.Engine.StartAsync(
            Known.Queued("resp_3", stranger) with { IdempotencyKey = new IdempotencyKey("key", "other") }, Known.Beginning("resp_3"), default));
        Assert.Equal("resp_1", (await node.Engine.FindByIdempotencyKeyAsync(owner, "key", default))?.Id);
        Logs.Ended(await LogReader.ReadAsync(node, "resp_1", tenant: owner));

        async Task NothingThereAsync(string id)
        {
            Assert.Null(await node.Engine.FindAsync(stranger, id, default));
            var chain = await node.Engine.FindChainAsync(stranger, id, default);
            Assert.Equal((0, id), (chain.Links.Count, chain.MissingId));
            Assert.Equal("", await LogReader.ReadAsync(node, id, tenant: stranger));
            Assert.Null(await node.Engine.CancelAsync(stranger, id, default));
            Assert.Equal(DeleteOutcome.NotFound, await node.Engine.DeleteAsync(stranger, id, default));
            Assert.Null(await node.Engine.FindByIdempotencyKeyAsync(stranger, "key", default));
        }
    }
}
