using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// Cancel at any moment: one end, and everybody is told the same.
public abstract partial class ResponseEngineContract
{
    [Fact]
    public async Task One_that_waits_is_cancelled_and_never_run()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1 });
        var first = await node.RunAsync("resp_1");
        await node.BeginAsync("resp_2");
        var reader = LogReader.Start(node, "resp_2");

        await CancelledAsync(node, "resp_2", reader);
        await first.CompleteAsync();
        await (await node.RunAsync("resp_3")).CompleteAsync();
        Assert.Equal(["resp_1", "resp_3"], node.Runner.Started);
    }

    [Fact]
    public async Task One_that_runs_is_cancelled_and_its_readers_are_told()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        var reader = LogReader.Start(node, "resp_1");
        await run.SayAsync(10);

        await CancelledAsync(node, "resp_1", reader);
        await run.Cancelled;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.SayAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(run.CompleteAsync);
        await node.Runner.UntilIdleAsync();
        Assert.Equal(13, Logs.Ended(await KeptAsync("resp_1")).Count);
    }

    [Fact]
    public async Task A_cancel_lets_go_of_the_model_before_it_is_kept()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        node.Faults.Hold(StoreCalls.End | StoreCalls.Append);
        await run.SayAsync(3);
        var cancelling = node.Engine.CancelAsync(null, "resp_1", default);

        await run.Cancelled;
        Assert.False(cancelling.IsCompleted);
        node.Faults.Release();
        Assert.Equal("cancelled", (await cancelling)?.Status);
    }

    [Fact]
    public async Task A_cancel_lets_go_of_a_run_that_waits_for_room()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        node.Faults.Hold(StoreCalls.Append | StoreCalls.End);
        var saying = run.SayAsync(100, padding: 100_000);
        await node.Faults.UntilHeldAsync(StoreCalls.Append);
        var cancelling = node.Engine.CancelAsync(null, "resp_1", default);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saying.WaitAsync(Patience));
        node.Faults.Release();
        Assert.Equal("cancelled", (await cancelling)?.Status);
    }

    [Fact]
    public async Task One_that_is_about_to_run_is_cancelled_instead()
    {
        var node = await StartAsync();
        node.Faults.Hold(StoreCalls.Begin);
        await node.BeginAsync("resp_1");
        var reader = LogReader.Start(node, "resp_1");
        await node.Faults.UntilHeldAsync(StoreCalls.Begin);
        await CancelledAsync(node, "resp_1", reader);
        node.Faults.Release();

        await (await node.RunAsync("resp_2")).CompleteAsync();
        Assert.Equal(["resp_2"], node.Runner.Started);
        Assert.Equal("cancelled", (await _storage.Store.FindAsync(null, "resp_1", default))?.Status);
    }

    [Fact]
    public async Task One_that_is_ending_ends_as_it_was_about_to()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        node.Faults.Hold(StoreCalls.End);
        var end = run.CompleteAsync();
        await node.Faults.UntilHeldAsync(StoreCalls.End);
        var cancelling = node.Engine.CancelAsync(null, "resp_1", default);
        node.Faults.Release();

        Assert.Equal("completed", (await cancelling)?.Status);
        await end;
        Assert.False(run.Token.IsCancellationRequested);
        Assert.Equal("completed", Logs.Status(Logs.Ended(await LogReader.ReadAsync(node, "resp_1"))[^1]));
    }

    [Fact]
    public async Task One_that_has_ended_stays_as_it_is()
    {
        var node = await StartAsync();
        await (await node.RunAsync("resp_1")).CompleteAsync();
        var before = (Logs.Text((await node.EndOfAsync("resp_1")).Body), await KeptAsync("resp_1"));

        Assert.Equal("completed", (await node.Engine.CancelAsync(null, "resp_1", default))?.Status);
        Assert.Equal(before, (Logs.Text((await node.FindAsync("resp_1")).Body), await KeptAsync("resp_1")));
        Assert.Null(await node.Engine.CancelAsync(null, "resp_none", default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Many_cancels_at_once_and_an_end_between_them_make_one_end(int words)
    {
        var node = await StartAsync();
        for (var i = 0; i < 20; i++)
        {
            var id = $"resp_{i}";
            var run = await node.RunAsync(id);
            var reader = LogReader.Start(node, id);
            await run.SayAsync(words);
            var cancels = Enumerable.Range(0, 10).Select(_ => Task.Run(async () => await node.Engine.CancelAsync(null, id, default))).ToList();
            var end = Task.Run(run.CompleteAsync);
            var told = await Task.WhenAll(cancels);
            await end.ContinueWith(_ => { }, TaskScheduler.Default);

            var last = Logs.Ended(await reader.AllAsync())[^1];
            var body = Logs.Text((await node.EndOfAsync(id)).Body);
            Assert.All(told, response => Assert.Equal(body, Logs.Text(response!.Body)));
            Assert.Equal(Logs.Status(last), told[0]!.Status);
            Assert.Equal(await KeptAsync(id), reader.Text);
        }
    }

    [Fact]
    public async Task One_without_events_is_cancelled_too()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1", stream: false);

        Assert.Equal("cancelled", (await node.Engine.CancelAsync(null, "resp_1", default))?.Status);
        await run.Cancelled;
        Assert.Equal("", await KeptAsync("resp_1"));
    }

    private async Task CancelledAsync(Node node, string id, LogReader reader)
    {
        var cancelled = await node.Engine.CancelAsync(null, id, default);
        Assert.Equal("cancelled", cancelled?.Status);
        Assert.Contains("\"cancelled\"", Logs.Text(cancelled!.Body), StringComparison.Ordinal);
        Assert.Equal("cancelled", (await node.FindAsync(id)).Status);
        var last = Logs.Ended(await reader.AllAsync())[^1];
        Assert.Equal(("response.failed", "cancelled"), ((string)last["type"]!, Logs.Status(last)));
        Assert.Equal(await KeptAsync(id), reader.Text);
    }
}
