using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// Any number of readers, at any pace, from any point on: the same bytes.
public abstract partial class ResponseEngineContract
{
    [Fact]
    public async Task A_started_response_is_found_at_once()
    {
        var node = await StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await node.BeginAsync($"resp_{i}");
            Assert.True((await node.FindAsync($"resp_{i}")).Status is "queued" or "in_progress");
            Assert.Equal($"resp_{i}", Assert.Single((await node.Engine.FindChainAsync(null, $"resp_{i}", default)).Links).Id);
            var reader = LogReader.Start(node, $"resp_{i}");
            await reader.UntilAsync(1);
            await reader.LeaveAsync();
        }
    }

    [Fact]
    public async Task A_response_runs_from_queued_to_its_end()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        await run.SayAsync(3);
        Assert.Equal("in_progress", (await node.FindAsync("resp_1")).Status);
        await run.CompleteAsync();

        var found = await node.EndOfAsync("resp_1");
        Assert.Equal(("completed", 5L), (found.Status, found.LastSequence));
        Assert.Equal(Logs.Text(Known.Body("resp_1", "completed")), Logs.Text(found.Body));
        var events = Logs.Ended(await LogReader.ReadAsync(node, "resp_1"));
        Assert.Equal(["response.created", "response.queued", Known.Delta, Known.Delta, Known.Delta, "response.completed"], events.Select(e => (string)e["type"]!));
    }

    [Fact]
    public async Task Readers_get_the_same_bytes_whenever_they_join()
    {
        var node = await StartAsync();
        var readers = new List<LogReader>();
        var run = await node.RunAsync("resp_1");
        for (var i = 0; i < 60; i++)
        {
            readers.Add(LogReader.Start(node, "resp_1", after: i % 7 == 0 ? -1 : i));
            await run.SayAsync(1 + (i % 5));
        }

        await run.CompleteAsync();
        for (var i = -1; i < 30; i++)
            readers.Add(LogReader.Start(node, "resp_1", after: i));

        var all = await KeptAsync("resp_1");
        Assert.Equal(2 + (60 / 5 * 15) + 1, Logs.Ended(all).Count);
        foreach (var reader in readers)
            Assert.Equal(Logs.Behind(all, reader.After), await reader.AllAsync());
    }

    [Fact]
    public async Task A_response_is_read_behind_each_of_its_events_after_its_end()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        await run.SayAsync(40);
        await run.CompleteAsync();
        await node.EndOfAsync("resp_1");

        var all = await KeptAsync("resp_1");
        for (var after = -1; after <= 42; after++)
            Assert.Equal(Logs.Behind(all, after), await LogReader.ReadAsync(node, "resp_1", after));
        Assert.Equal("", await LogReader.ReadAsync(node, "resp_1", after: 1000));
    }

    [Fact]
    public async Task A_reader_may_wait_for_events_that_are_far_ahead()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        var (near, far) = (LogReader.Start(node, "resp_1", after: 10), LogReader.Start(node, "resp_1", after: 1000));
        await run.SayAsync(10);
        await run.CompleteAsync();

        Assert.Equal(Logs.Behind(await KeptAsync("resp_1"), 10), await near.AllAsync());
        Assert.Equal("", await far.AllAsync());
    }

    [Fact]
    public async Task A_slow_reader_does_not_hold_up_the_run_and_gets_all_of_it()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        var slow = LogReader.Start(node, "resp_1");
        slow.Pause();
        await slow.UntilAsync(1);

        // More than any engine holds in memory of one response.
        for (var i = 0; i < 300; i++)
            await run.SayAsync(10, padding: 1000);
        await run.CompleteAsync();
        await node.EndOfAsync("resp_1");
        Assert.True(slow.Last < 3002);
        slow.GoOn();

        Assert.Equal(await KeptAsync("resp_1"), await slow.AllAsync());
    }

    [Fact]
    public async Task A_slow_reader_of_a_response_that_runs_reads_what_is_long_past()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        var slow = LogReader.Start(node, "resp_1");
        slow.Pause();
        await slow.UntilAsync(1);
        await run.SayAsync(3000, padding: 1000);
        slow.GoOn();
        await slow.UntilAsync(3001);
        await run.CompleteAsync();

        Assert.Equal(await KeptAsync("resp_1"), await slow.AllAsync());
    }

    [Fact]
    public async Task A_reader_sees_nothing_that_is_not_kept()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        var reader = LogReader.Start(node, "resp_1");
        await reader.UntilAsync(1);
        node.Faults.Hold(StoreCalls.Append);
        await run.SayAsync(5);
        await node.Faults.UntilHeldAsync(StoreCalls.Append);
        Assert.Equal(1, reader.Last);
        node.Faults.Release();
        await reader.UntilAsync(6);

        node.Faults.Hold(StoreCalls.End);
        var end = run.CompleteAsync();
        await node.Faults.UntilHeldAsync(StoreCalls.End);
        Assert.Equal((6, false, false), (reader.Last, reader.Ended.IsCompleted, end.IsCompleted));
        node.Faults.Release();
        Logs.Ended(await reader.AllAsync());
    }

    [Fact]
    public async Task A_reader_that_leaves_is_gone_and_the_run_goes_on()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        var reader = LogReader.Start(node, "resp_1");
        await reader.UntilAsync(1);
        await reader.LeaveAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.Ended.WaitAsync(Patience));

        await run.SayAsync();
        await run.CompleteAsync();
        Assert.Equal("completed", (await node.EndOfAsync("resp_1")).Status);
    }

    [Fact]
    public async Task What_a_reader_was_told_of_the_end_is_so_for_everybody()
    {
        var node = await StartAsync();
        for (var i = 0; i < 40; i++)
        {
            var id = $"resp_{i}";
            var run = await node.RunAsync(id);
            var reader = LogReader.Start(node, id);
            var end = run.CompleteAsync();
            await reader.UntilAsync(2);

            Assert.Equal("completed", (await node.FindAsync(id)).Status);
            Assert.True((await node.Engine.FindChainAsync(null, id, default)).Links[^1].IsEnded);
            Assert.Equal(DeleteOutcome.Deleted, await node.Engine.DeleteAsync(null, id, default));
            Assert.Null(await node.Engine.FindAsync(null, id, default));
            await end;
        }
    }

    [Fact]
    public async Task A_chain_is_whole_as_soon_as_its_last_response_has_ended()
    {
        var node = await StartAsync();
        string? previous = null;
        for (var i = 0; i < 20; i++)
        {
            var response = Known.Queued($"resp_{i}") with { PreviousResponseId = previous };
            Assert.True(await node.Engine.StartAsync(response, Known.Beginning(response.Id), default));
            var reader = LogReader.Start(node, response.Id);
            var end = (await node.Runner.RunOfAsync(response.Id)).CompleteAsync();
            await reader.UntilAsync(2);

            Assert.Equal(i + 1, (await node.Engine.FindChainAsync(null, response.Id, default)).Links.Count);
            previous = response.Id;
            await end;
        }
    }

    [Fact]
    public async Task A_response_without_events_ends_like_any_other()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1", stream: false);
        await run.CompleteAsync();

        Assert.Equal("completed", (await node.EndOfAsync("resp_1")).Status);
        Assert.Equal("", await KeptAsync("resp_1"));
    }

    [Fact]
    public async Task A_runner_that_throws_fails_its_response()
    {
        var node = await StartAsync();
        var run = await node.RunAsync("resp_1");
        await run.SayAsync(2);
        run.Break();

        Assert.Equal("failed", Logs.Status(Logs.Ended(await LogReader.ReadAsync(node, "resp_1"))[^1]));
        Assert.Equal("failed", (await node.EndOfAsync("resp_1")).Status);
    }
}
