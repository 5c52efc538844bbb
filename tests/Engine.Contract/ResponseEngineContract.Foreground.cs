using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// A response that its client's call runs: known while it runs, kept when it ends.
public abstract partial class ResponseEngineContract
{
    private static readonly ResponseEnd Completed = new() { Status = "completed", Body = Known.Body("resp_1", "completed") };

    [Fact]
    public async Task One_that_a_call_runs_is_found_and_cannot_be_deleted()
    {
        var node = await StartAsync();
        await using var entered = node.Engine.Enter(Known.Foreground("resp_1"));

        Assert.Equal("in_progress", (await node.FindAsync("resp_1")).Status);
        Assert.Equal("in_progress", Assert.Single((await node.Engine.FindChainAsync(null, "resp_1", default)).Links).Status);
        Assert.Equal(DeleteOutcome.Running, await node.Engine.DeleteAsync(null, "resp_1", default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_end_is_kept_when_the_call_is_told_so(bool lasts)
    {
        var node = await StartAsync();
        await using (var entered = node.Engine.Enter(Known.Foreground("resp_1")))
        {
            if (lasts)
                await UntilStoredAsync("resp_1");
            await entered.EndAsync(Completed);
            Assert.Equal("completed", (await _storage.Store.FindAsync(null, "resp_1", default))?.Status);
            Assert.Equal("completed", (await node.FindAsync("resp_1")).Status);
        }

        node = await RestartAsync(node);
        Assert.Equal(Logs.Text(Completed.Body), Logs.Text((await node.FindAsync("resp_1")).Body));
        Assert.Equal(DeleteOutcome.Deleted, await node.Engine.DeleteAsync(null, "resp_1", default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_came_to_nothing_is_not_there(bool lasts)
    {
        var node = await StartAsync();
        await using (var entered = node.Engine.Enter(Known.Foreground("resp_1")))
        {
            if (lasts)
                await UntilStoredAsync("resp_1");
        }

        Assert.Null(await node.Engine.FindAsync(null, "resp_1", default));
        Assert.Null(await _storage.Store.FindAsync(null, "resp_1", default));
    }

    [Fact]
    public async Task One_that_lasts_is_closed_after_a_kill()
    {
        var node = await StartAsync();
        node.Engine.Enter(Known.Foreground("resp_1"));
        await UntilStoredAsync("resp_1");
        node.Engine.Enter(Known.Foreground("resp_2") with { CreatedAt = TimeProvider.System.GetUtcNow().AddHours(1) });
        node = await RestartAsync(node);

        var closed = await node.FindAsync("resp_1");
        Assert.Equal("failed", closed.Status);
        Assert.Contains("server_error", Logs.Text(closed.Body), StringComparison.Ordinal);
        Assert.Equal("", await KeptAsync("resp_1"));
        Assert.Null(await node.Engine.FindAsync(null, "resp_2", default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_that_cannot_be_kept_is_refused_and_leaves_nothing_in_progress(bool lasts)
    {
        var node = await StartAsync(Hasty);
        await using (var entered = node.Engine.Enter(Known.Foreground("resp_1")))
        {
            if (lasts)
                await UntilStoredAsync("resp_1");
            node.Faults.Refuse(StoreCalls.Writes);
            await Assert.ThrowsAsync<StorageUnavailableException>(async () => await entered.EndAsync(Completed));
        }

        node.Faults.Refuse(StoreCalls.None);
        using var patience = new CancellationTokenSource(Patience);
        while (await node.Engine.FindAsync(null, "resp_1", default) is { IsEnded: false })
            await Task.Delay(5, patience.Token);
    }

    [Fact]
    public async Task One_that_came_to_nothing_while_the_storage_was_away_is_not_left_in_progress()
    {
        var node = await StartAsync(Hasty);
        await using (node.Engine.Enter(Known.Foreground("resp_1")))
        {
            await UntilStoredAsync("resp_1");
            node.Faults.Refuse(StoreCalls.Writes);
        }

        node.Faults.Refuse(StoreCalls.None);
        using var patience = new CancellationTokenSource(Patience);
        while (await node.Engine.FindAsync(null, "resp_1", default) is { IsEnded: false })
            await Task.Delay(5, patience.Token);
    }

    [Fact]
    public async Task An_end_may_be_tried_again()
    {
        var node = await StartAsync();
        await using var entered = node.Engine.Enter(Known.Foreground("resp_1"));
        node.Faults.Refuse(StoreCalls.Writes);
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await entered.EndAsync(Completed));
        node.Faults.Refuse(StoreCalls.None);
        await entered.EndAsync(Completed);

        Assert.Equal("completed", (await node.FindAsync("resp_1")).Status);
    }

    [Fact]
    public async Task A_key_that_was_taken_meanwhile_keeps_standing_for_the_other()
    {
        var node = await StartAsync();
        var key = new IdempotencyKey("key", "hash");
        await using var entered = node.Engine.Enter(Known.Foreground("resp_1") with { IdempotencyKey = key });
        await node.Engine.StartAsync(Known.Queued("resp_2") with { IdempotencyKey = key }, Known.Beginning("resp_2"), default);
        await entered.EndAsync(Completed);

        Assert.Equal("resp_2", (await node.Engine.FindByIdempotencyKeyAsync(null, "key", default))?.Id);
        Assert.Equal("completed", (await node.FindAsync("resp_1")).Status);
    }

    private async Task UntilStoredAsync(string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await _storage.Store.FindAsync(null, id, default) is null)
            await Task.Delay(5, patience.Token);
    }
}
