using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// Two engines over one storage, as for a moment in a cluster: the one that took over last owns what runs.
public abstract partial class ResponseEngineContract
{
    [Fact]
    public async Task A_run_that_another_took_over_keeps_nothing_any_more()
    {
        var old = await StartAsync();
        var run = await old.RunAsync("resp_1");
        await run.SayAsync(3);
        var reader = LogReader.Start(old, "resp_1");
        await reader.UntilAsync(4);
        var next = await StartAsync();
        var closed = await LogReader.ReadAsync(next, "resp_1");

        await run.SayAsync(3).ContinueWith(_ => { }, TaskScheduler.Default);
        await run.Cancelled;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(run.CompleteAsync);
        Assert.Equal(6, Logs.Ended(closed).Count);
        Assert.Equal(closed, await KeptAsync("resp_1"));
        Assert.Equal(closed, await reader.AllAsync());
        Assert.Equal("failed", (await old.EndOfAsync("resp_1")).Status);
        Assert.Equal("failed", (await next.FindAsync("resp_1")).Status);
    }

    [Fact]
    public async Task An_end_that_comes_too_late_is_no_second_end()
    {
        var old = await StartAsync();
        var run = await old.RunAsync("resp_1");
        var reader = LogReader.Start(old, "resp_1");
        var next = await StartAsync();
        var closed = await LogReader.ReadAsync(next, "resp_1");
        await run.CompleteAsync().ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Patience);

        Assert.Equal("failed", Logs.Status(Logs.Ended(await KeptAsync("resp_1"))[^1]));
        Assert.Equal(closed, await reader.AllAsync());
        Assert.Equal("failed", (await old.EndOfAsync("resp_1")).Status);
    }

    [Fact]
    public async Task One_that_waited_is_run_by_the_one_that_took_over_alone()
    {
        var old = await StartAsync(setup => setup with { MaxRunning = 1 });
        var run = await old.RunAsync("resp_1");
        await old.BeginAsync("resp_2");
        var next = await StartAsync();
        var second = await next.Runner.RunOfAsync("resp_2");
        await run.CompleteAsync().ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Patience);
        await second.SayAsync(2);
        await second.CompleteAsync();
        await (await old.RunAsync("resp_3")).CompleteAsync();

        Assert.Equal(["resp_1", "resp_3"], old.Runner.Started);
        Assert.Equal(5, Logs.Ended(await LogReader.ReadAsync(next, "resp_2")).Count);
        Assert.Equal("completed", (await old.EndOfAsync("resp_2")).Status);
    }

    [Fact]
    public async Task A_cancel_of_what_another_took_over_is_no_second_end()
    {
        var old = await StartAsync();
        await old.RunAsync("resp_1");
        var next = await StartAsync();
        await next.EndOfAsync("resp_1");

        Assert.Equal("failed", (await old.Engine.CancelAsync(null, "resp_1", default))?.Status);
        Assert.Equal("failed", Logs.Status(Logs.Ended(await KeptAsync("resp_1"))[^1]));
    }
}
