using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// An engine is killed, another takes over what it left: nothing that anybody was told is lost, and nothing hangs.
public abstract partial class ResponseEngineContract
{
    [Fact]
    public async Task What_waited_is_run_in_order_and_what_ran_is_closed()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1 });
        var run = await node.RunAsync("resp_0");
        for (var i = 1; i < 6; i++)
            await node.BeginAsync($"resp_{i}");
        await node.Engine.CancelAsync(null, "resp_3", default);
        var reader = LogReader.Start(node, "resp_0");
        await run.SayAsync(4);
        await reader.UntilAsync(5);

        node = await RestartAsync(node, setup => setup with { MaxRunning = 1 });

        var all = await LogReader.ReadAsync(node, "resp_0");
        var events = Logs.Ended(all);
        Assert.Equal(7, events.Count);
        Assert.Equal(("response.failed", "failed", "server_error"), ((string)events[^1]["type"]!, Logs.Status(events[^1]), (string)events[^1]["response"]!["error"]!["code"]!));
        Assert.StartsWith(reader.Text, all, StringComparison.Ordinal);
        Assert.Equal("failed", (await node.FindAsync("resp_0")).Status);
        foreach (var i in (int[])[1, 2, 4, 5])
            await (await node.Runner.RunOfAsync($"resp_{i}")).CompleteAsync();
        Assert.Equal(["resp_1", "resp_2", "resp_4", "resp_5"], node.Runner.Started);
        Assert.Equal(3, Logs.Ended(await LogReader.ReadAsync(node, "resp_5")).Count);
        Assert.Equal("cancelled", (await node.FindAsync("resp_3")).Status);
    }

    [Fact]
    public async Task What_ended_stays_byte_for_byte_as_it_was()
    {
        var node = await StartAsync();
        foreach (var id in (string[])["resp_1", "resp_2", "resp_3"])
            await (await node.RunAsync(id)).SayAsync(20);
        await (await node.Runner.RunOfAsync("resp_1")).CompleteAsync();
        await node.Engine.CancelAsync(null, "resp_2", default);
        (await node.Runner.RunOfAsync("resp_3")).Break();
        await node.EndOfAsync("resp_3");
        var before = await StateAsync(node);

        node = await RestartAsync(node);
        Assert.Equal(before, await StateAsync(node));
        node = await RestartAsync(node);
        Assert.Equal(before, await StateAsync(node));
        Assert.Empty(node.Runner.Started);

        static async Task<string> StateAsync(Node node)
        {
            var state = "";
            foreach (var id in (string[])["resp_1", "resp_2", "resp_3"])
                state += await LogReader.ReadAsync(node, id) + Logs.Text((await node.FindAsync(id)).Body) + (await node.FindAsync(id)).Status;
            return state;
        }
    }

    [Fact]
    public async Task A_response_that_was_closed_is_not_closed_again()
    {
        var node = await StartAsync();
        await (await node.RunAsync("resp_1")).SayAsync(3);
        node = await RestartAsync(node);
        var closed = await LogReader.ReadAsync(node, "resp_1");
        node = await RestartAsync(node);

        Logs.Ended(closed);
        Assert.Equal(closed, await LogReader.ReadAsync(node, "resp_1"));
    }

    [Fact]
    public async Task What_a_reader_saw_right_before_the_kill_is_in_the_log()
    {
        var node = await StartAsync(runner: new ScriptedRunner { ByItself = run => run.SayAsync(100_000) });
        for (var i = 0; i < 6; i++)
        {
            var id = $"resp_{i}";
            await node.BeginAsync(id);
            var reader = LogReader.Start(node, id);
            await reader.UntilAsync(3 + (i * 40));
            node = await RestartAsync(node, runner: new ScriptedRunner { ByItself = run => run.SayAsync(100_000) });

            // A reader of a process that is gone is told nothing any more; what it holds is what counts.
            var seen = reader.Text;
            var all = await LogReader.ReadAsync(node, id);
            Assert.StartsWith(seen, all, StringComparison.Ordinal);
            Logs.Ended(all);
            Assert.Equal(Logs.Behind(all, reader.Last), await LogReader.ReadAsync(node, id, reader.Last));
        }
    }

    [Fact]
    public async Task One_without_events_is_closed_without_one()
    {
        var node = await StartAsync();
        await node.RunAsync("resp_1", stream: false);
        node = await RestartAsync(node);

        Assert.Equal("failed", (await node.FindAsync("resp_1")).Status);
        Assert.Equal("", await KeptAsync("resp_1"));
    }

    [Fact]
    public async Task A_key_stands_for_its_response_after_a_restart_too()
    {
        var node = await StartAsync();
        await node.Engine.StartAsync(Known.Queued("resp_1") with { IdempotencyKey = new IdempotencyKey("key", "hash") }, Known.Beginning("resp_1"), default);
        node = await RestartAsync(node);

        var found = await node.Engine.FindByIdempotencyKeyAsync(null, "key", default);
        Assert.Equal(("resp_1", "hash"), (found?.Id, found?.IdempotencyKey?.BodyHash));
    }

    // The promise of the whole: wherever the process dies, before or after any of its writes.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kill_at_any_write_loses_nothing_and_leaves_nothing_hanging(bool after)
    {
        for (var call = 1; ; call++)
        {
            var (ended, doomed) = ($"resp_a{call}", $"resp_b{call}");
            var node = await StartAsync(setup => setup with { MaxRunning = 1 });
            node.Faults.DieAt(call, after);
            var (isKnown, isOver) = (false, false);
            LogReader? reader = null;
            var walk = Task.Run(async () =>
            {
                await node.BeginAsync(ended);
                isKnown = true;
                await node.BeginAsync(doomed);
                reader = LogReader.Start(node, ended);
                var run = await node.Runner.RunOfAsync(ended);
                await run.SayAsync(2);
                await reader.UntilAsync(3);
                await run.SayAsync(1);
                await run.CompleteAsync();
                isOver = !node.Faults.IsDead;
                (await node.Runner.RunOfAsync(doomed)).Break();
                await node.EndOfAsync(doomed);
            });

            // As clients of a process that is gone: they know what they were told until then.
            if (await Task.WhenAny(walk, node.Faults.UntilDeadAsync()) == walk && !node.Faults.IsDead)
                await walk;
            var died = node.Faults.IsDead;
            node = await RestartAsync(node, runner: new ScriptedRunner { ByItself = run => run.CompleteAsync() });
            foreach (var id in (string[])[ended, doomed])
            {
                if (await node.Engine.FindAsync(null, id, default) is null)
                {
                    Assert.False(isKnown && id == ended, "A response that was acknowledged is lost.");
                    continue;
                }

                var status = (await node.EndOfAsync(id)).Status;
                var all = await LogReader.ReadAsync(node, id);
                Assert.Equal(status, Logs.Status(Logs.Ended(all)[^1]));
                if (id == ended && reader is not null)
                    Assert.StartsWith(reader.Text, all, StringComparison.Ordinal);
                if (id == ended && isOver)
                    Assert.Equal("completed", status);
            }

            node.Kill();
            if (!died)
            {
                Assert.InRange(call, 8, 20);
                return;
            }
        }
    }
}
