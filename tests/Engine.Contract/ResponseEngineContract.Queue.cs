using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// A bounded number runs, the others wait in order; a key stands for one response.
public abstract partial class ResponseEngineContract
{
    [Fact]
    public async Task So_many_run_at_a_time()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 3 });
        for (var i = 0; i < 9; i++)
            await node.BeginAsync($"resp_{i}");
        for (var i = 0; i < 9; i++)
        {
            var run = await node.Runner.RunOfAsync($"resp_{i}");
            if (i + 3 < 9)
                Assert.Equal("queued", (await node.FindAsync($"resp_{i + 3}")).Status);
            await run.CompleteAsync();
        }

        await node.EndOfAsync("resp_8");
        Assert.Equal(3, node.Runner.MostActive);
    }

    [Fact]
    public async Task What_waits_is_run_in_order()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1 });
        for (var i = 0; i < 8; i++)
            await node.BeginAsync($"resp_{i}");
        for (var i = 0; i < 8; i++)
            await (await node.Runner.RunOfAsync($"resp_{i}")).CompleteAsync();

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"resp_{i}"), node.Runner.Started);
        Assert.Equal(1, node.Runner.MostActive);
    }

    [Fact]
    public async Task A_response_is_refused_where_too_many_wait()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1, MaxWaiting = 2 });
        await node.RunAsync("resp_0");
        await node.BeginAsync("resp_1");
        await node.BeginAsync("resp_2");

        await Assert.ThrowsAsync<RunQueueFullException>(() => node.BeginAsync("resp_3"));
        Assert.Null(await node.Engine.FindAsync(null, "resp_3", default));
    }

    [Fact]
    public async Task One_that_was_cancelled_while_it_waited_leaves_its_place()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1, MaxWaiting = 2 });
        var first = await node.RunAsync("resp_0");
        await node.BeginAsync("resp_1");
        await node.BeginAsync("resp_2");
        await node.Engine.CancelAsync(null, "resp_1", default);
        await node.BeginAsync("resp_3");
        await first.CompleteAsync();
        await (await node.Runner.RunOfAsync("resp_2")).CompleteAsync();
        await (await node.Runner.RunOfAsync("resp_3")).CompleteAsync();

        await node.EndOfAsync("resp_3");
        Assert.Equal(["resp_0", "resp_2", "resp_3"], node.Runner.Started);
    }

    [Fact]
    public async Task A_run_that_broke_makes_room_for_the_next()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1 });
        for (var i = 0; i < 5; i++)
            (await node.RunAsync($"resp_{i}")).Break();

        Assert.Equal("failed", (await node.EndOfAsync("resp_4")).Status);
    }

    [Fact]
    public async Task A_key_that_is_taken_keeps_nothing()
    {
        var node = await StartAsync();
        var key = new IdempotencyKey("key", "hash");
        Assert.True(await node.Engine.StartAsync(Known.Queued("resp_1") with { IdempotencyKey = key }, Known.Beginning("resp_1"), default));

        Assert.False(await node.Engine.StartAsync(Known.Queued("resp_2") with { IdempotencyKey = key }, Known.Beginning("resp_2"), default));
        Assert.Null(await node.Engine.FindAsync(null, "resp_2", default));
        Assert.Equal("", await LogReader.ReadAsync(node, "resp_2"));
        Assert.Equal("resp_1", (await node.Engine.FindByIdempotencyKeyAsync(null, "key", default))?.Id);
        await (await node.Runner.RunOfAsync("resp_1")).CompleteAsync();
        Assert.Equal(["resp_1"], node.Runner.Started);
    }

    [Fact]
    public async Task Of_many_that_take_a_key_at_once_one_gets_it()
    {
        var node = await StartAsync();
        var key = new IdempotencyKey("key", "hash");
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
            await node.Engine.StartAsync(Known.Queued($"resp_{i}") with { IdempotencyKey = key }, Known.Beginning($"resp_{i}"), default))));

        Assert.Single(taken, true);
        await node.Runner.UntilStartedAsync(1);
        Assert.Equal(node.Runner.Started, [(await node.Engine.FindByIdempotencyKeyAsync(null, "key", default))!.Id]);
    }

    [Fact]
    public async Task A_response_runs_although_its_client_left_while_it_was_created()
    {
        var node = await StartAsync();
        node.Faults.Hold(StoreCalls.Create);
        using var leaving = new CancellationTokenSource();
        var creating = node.Engine.StartAsync(Known.Queued("resp_1"), Known.Beginning("resp_1"), leaving.Token).AsTask();
        await node.Faults.UntilHeldAsync(StoreCalls.Create);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => creating.WaitAsync(Patience));
        node.Faults.Release();

        await (await node.Runner.RunOfAsync("resp_1")).CompleteAsync();
        Assert.Equal("completed", (await node.EndOfAsync("resp_1")).Status);
    }
}
