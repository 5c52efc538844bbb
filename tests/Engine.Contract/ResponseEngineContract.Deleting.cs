using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// Deletion really deletes, but nothing that runs.
public abstract partial class ResponseEngineContract
{
    [Fact]
    public async Task One_that_waits_or_runs_is_not_deleted()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1 });
        var run = await node.RunAsync("resp_1");
        await node.BeginAsync("resp_2");

        Assert.Equal(DeleteOutcome.Running, await node.Engine.DeleteAsync(null, "resp_1", default));
        Assert.Equal(DeleteOutcome.Running, await node.Engine.DeleteAsync(null, "resp_2", default));
        await run.CompleteAsync();
        await (await node.Runner.RunOfAsync("resp_2")).CompleteAsync();
        Assert.Equal("completed", (await node.EndOfAsync("resp_2")).Status);
    }

    [Fact]
    public async Task One_that_has_ended_is_deleted_with_all_that_was_kept_of_it()
    {
        var node = await StartAsync();
        var key = new IdempotencyKey("key", "hash");
        await node.Engine.StartAsync(Known.Queued("resp_1") with { IdempotencyKey = key }, Known.Beginning("resp_1"), default);
        await (await node.Runner.RunOfAsync("resp_1")).CompleteAsync();
        await node.EndOfAsync("resp_1");

        Assert.Equal(DeleteOutcome.Deleted, await node.Engine.DeleteAsync(null, "resp_1", default));
        Assert.Null(await node.Engine.FindAsync(null, "resp_1", default));
        Assert.Empty((await node.Engine.FindChainAsync(null, "resp_1", default)).Links);
        Assert.Null(await node.Engine.FindByIdempotencyKeyAsync(null, "key", default));
        Assert.Null(await node.Engine.CancelAsync(null, "resp_1", default));
        Assert.Equal("", await LogReader.ReadAsync(node, "resp_1"));
        Assert.Equal("", await KeptAsync("resp_1"));
        Assert.Equal(DeleteOutcome.NotFound, await node.Engine.DeleteAsync(null, "resp_1", default));
    }

    [Fact]
    public async Task An_unknown_response_is_nowhere()
    {
        var node = await StartAsync();

        Assert.Null(await node.Engine.FindAsync(null, "resp_1", default));
        Assert.Equal("resp_1", (await node.Engine.FindChainAsync(null, "resp_1", default)).MissingId);
        Assert.Equal("", await LogReader.ReadAsync(node, "resp_1"));
        Assert.Equal(DeleteOutcome.NotFound, await node.Engine.DeleteAsync(null, "resp_1", default));
        Assert.Null(await node.Engine.FindByIdempotencyKeyAsync(null, "key", default));
    }
}
