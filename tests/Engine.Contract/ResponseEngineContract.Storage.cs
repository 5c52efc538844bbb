using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// The storage cannot be used for a while: nothing acknowledged is lost, and nothing hangs when it is back.
public abstract partial class ResponseEngineContract
{
    [Fact]
    public async Task A_create_that_is_not_kept_is_refused_and_leaves_nothing()
    {
        var node = await StartAsync(Hasty);
        node.Faults.Refuse(StoreCalls.Create);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => node.BeginAsync("resp_1"));
        Assert.Null(await node.Engine.FindAsync(null, "resp_1", default));
        node.Faults.Refuse(StoreCalls.None);

        await (await node.RunAsync("resp_1")).CompleteAsync();
        Assert.Equal(["resp_1"], node.Runner.Started);
    }

    [Fact]
    public async Task A_run_goes_on_and_its_readers_wait_until_its_events_can_be_kept()
    {
        var node = await StartAsync(Hasty);
        var run = await node.RunAsync("resp_1");
        var reader = LogReader.Start(node, "resp_1");
        await reader.UntilAsync(1);
        node.Faults.Refuse(StoreCalls.Append);
        await run.SayAsync(5);
        await node.Faults.UntilRefusedAsync(3);
        await run.SayAsync(5);
        Assert.Equal((1, false), (reader.Last, reader.Ended.IsCompleted));
        node.Faults.Refuse(StoreCalls.None);
        await reader.UntilAsync(11);
        await run.CompleteAsync();

        Assert.Equal(13, Logs.Ended(await reader.AllAsync()).Count);
    }

    [Fact]
    public async Task A_run_begins_when_that_can_be_kept()
    {
        var node = await StartAsync(Hasty);
        node.Faults.Refuse(StoreCalls.Begin);
        await node.BeginAsync("resp_1");
        await node.Faults.UntilRefusedAsync(2);
        Assert.Empty(node.Runner.Started);
        node.Faults.Refuse(StoreCalls.None);

        await (await node.Runner.RunOfAsync("resp_1")).CompleteAsync();
    }

    [Fact]
    public async Task A_response_ends_when_that_can_be_kept()
    {
        var node = await StartAsync(Hasty);
        var run = await node.RunAsync("resp_1");
        var reader = LogReader.Start(node, "resp_1");
        node.Faults.Refuse(StoreCalls.End);
        var end = run.CompleteAsync();
        await node.Faults.UntilRefusedAsync(3);
        Assert.Equal("in_progress", (await node.FindAsync("resp_1")).Status);
        Assert.False(reader.Ended.IsCompleted);
        node.Faults.Refuse(StoreCalls.None);

        await end.WaitAsync(Patience);
        Assert.Equal("completed", Logs.Status(Logs.Ended(await reader.AllAsync())[^1]));
        Assert.Equal("completed", (await node.EndOfAsync("resp_1")).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancel_that_cannot_be_kept_is_answered_in_time_and_kept_later(bool waits)
    {
        var node = await StartAsync(setup => Hasty(setup) with { MaxRunning = 1 });
        var first = await node.RunAsync("resp_1");
        var id = waits ? "resp_2" : "resp_1";
        if (waits)
            await node.BeginAsync(id);
        var reader = LogReader.Start(node, id);
        node.Faults.Refuse(StoreCalls.Writes);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => node.Engine.CancelAsync(null, id, default).AsTask().WaitAsync(Patience));
        if (!waits)
            await first.Cancelled;
        Assert.False(reader.Ended.IsCompleted);
        node.Faults.Refuse(StoreCalls.None);

        Assert.Equal("cancelled", Logs.Status(Logs.Ended(await reader.AllAsync())[^1]));
        Assert.Equal("cancelled", (await node.EndOfAsync(id)).Status);
        Assert.Equal("cancelled", (await node.Engine.CancelAsync(null, id, default))?.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancel_that_cannot_be_kept_is_answered_at_once_and_lets_go_of_the_model(bool waits)
    {
        // No patience of anybody's runs out here.
        var node = await StartAsync(setup => setup with { MaxRunning = 1, Time = new StillTime() });
        var first = await node.RunAsync("resp_1");
        var id = waits ? "resp_2" : "resp_1";
        if (waits)
            await node.BeginAsync(id);
        node.Faults.Refuse(StoreCalls.End);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => node.Engine.CancelAsync(null, id, default).AsTask().WaitAsync(Patience));

        if (!waits)
            await first.Cancelled;
    }

    [Fact]
    public async Task A_delete_that_cannot_be_done_is_refused()
    {
        var node = await StartAsync(Hasty);
        await (await node.RunAsync("resp_1")).CompleteAsync();
        await node.EndOfAsync("resp_1");
        node.Faults.Refuse(StoreCalls.Delete);
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await node.Engine.DeleteAsync(null, "resp_1", default));
        node.Faults.Refuse(StoreCalls.None);

        Logs.Ended(await LogReader.ReadAsync(node, "resp_1"));
        Assert.Equal(DeleteOutcome.Deleted, await node.Engine.DeleteAsync(null, "resp_1", default));
    }

    [Fact]
    public async Task A_reader_that_is_behind_waits_for_a_storage_that_cannot_be_read()
    {
        var node = await StartAsync(Hasty);
        var run = await node.RunAsync("resp_1");
        var reader = LogReader.Start(node, "resp_1");
        reader.Pause();
        await reader.UntilAsync(1);

        // Page by page: what is kept in one goes is in memory as one, however much it is, and then the reader need not ask the storage.
        var ahead = LogReader.Start(node, "resp_1");
        for (var i = 1; i <= 30; i++)
        {
            await run.SayAsync(100, padding: 1000);
            await ahead.UntilAsync(100 * i);
        }

        await run.CompleteAsync();
        node.Faults.Refuse(StoreCalls.Read);
        reader.GoOn();
        await node.Faults.UntilRefusedAsync(2);
        Assert.False(reader.Ended.IsCompleted);
        node.Faults.Refuse(StoreCalls.None);

        Assert.Equal(await KeptAsync("resp_1"), await reader.AllAsync());
    }

    [Theory]
    [InlineData(StoreCalls.Append)]
    [InlineData(StoreCalls.Begin)]
    [InlineData(StoreCalls.End)]
    public async Task What_was_kept_although_it_was_said_to_have_failed_is_kept_once(StoreCalls call)
    {
        var node = await StartAsync(Hasty);
        node.Faults.FailAfterwards(call);
        await node.BeginAsync("resp_1");
        var reader = LogReader.Start(node, "resp_1");
        if (call == StoreCalls.Begin)
            await node.Faults.UntilRefusedAsync(2);
        if (call == StoreCalls.Begin)
            node.Faults.FailAfterwards(StoreCalls.None);
        var run = await node.Runner.RunOfAsync("resp_1");
        await run.SayAsync(3);
        if (call == StoreCalls.Append)
        {
            await node.Faults.UntilRefusedAsync(2);
            node.Faults.FailAfterwards(StoreCalls.None);
        }

        var end = run.CompleteAsync();
        if (call == StoreCalls.End)
        {
            await node.Faults.UntilRefusedAsync(1);
            node.Faults.FailAfterwards(StoreCalls.None);
        }

        await end.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Patience);
        Assert.Equal("completed", (await node.EndOfAsync("resp_1")).Status);
        Assert.Equal(6, Logs.Ended(await reader.AllAsync()).Count);
        Assert.Equal(await KeptAsync("resp_1"), reader.Text);
    }
}
