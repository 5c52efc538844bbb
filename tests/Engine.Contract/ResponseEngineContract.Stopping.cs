using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

// A stop in order: what runs may end, for a while; what waits keeps its place for the next start.
public abstract partial class ResponseEngineContract
{
    [Fact]
    public async Task A_stop_waits_for_what_runs()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1 });
        var run = await node.RunAsync("resp_1");
        await node.BeginAsync("resp_2");
        var reader = LogReader.Start(node, "resp_1");
        var stopping = node.StopAsync();
        await run.SayAsync(3);
        await run.CompleteAsync();
        await stopping;

        Assert.Equal("completed", Logs.Status(Logs.Ended(await reader.AllAsync())[^1]));
        Assert.Equal(["resp_1"], node.Runner.Started);
        node = await RestartAsync(node);
        await (await node.Runner.RunOfAsync("resp_2")).CompleteAsync();
        Assert.Equal("completed", (await node.FindAsync("resp_1")).Status);
    }

    [Fact]
    public async Task A_stop_closes_what_runs_for_too_long()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 2, DrainTimeout = TimeSpan.FromMilliseconds(100) });
        var run = await node.RunAsync("resp_1");
        await node.RunAsync("resp_2", stream: false);
        await node.BeginAsync("resp_3");
        var reader = LogReader.Start(node, "resp_1");
        await node.StopAsync();

        await run.Cancelled;
        var last = Logs.Ended(await reader.AllAsync())[^1];
        Assert.Equal(("failed", "server_error"), (Logs.Status(last), (string)last["response"]!["error"]!["code"]!));
        node = await RestartAsync(node);
        Assert.Equal("failed", (await node.FindAsync("resp_2")).Status);
        await (await node.Runner.RunOfAsync("resp_3")).CompleteAsync();
        Assert.Equal(["resp_3"], node.Runner.Started);
        Assert.Equal(reader.Text, await LogReader.ReadAsync(node, "resp_1"));
    }

    [Fact]
    public async Task A_stop_lets_go_of_the_readers_of_what_waits()
    {
        var node = await StartAsync(setup => setup with { MaxRunning = 1, DrainTimeout = TimeSpan.FromMilliseconds(100) });
        await node.RunAsync("resp_1");
        await node.BeginAsync("resp_2");
        var reader = LogReader.Start(node, "resp_2");
        await reader.UntilAsync(1);
        await node.StopAsync();

        await reader.Ended.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Patience);
        Assert.Equal(1, reader.Last);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_storage_for_ever()
    {
        var node = await StartAsync(setup => Hasty(setup) with { DrainTimeout = TimeSpan.FromMilliseconds(100) });
        await node.RunAsync("resp_1");
        node.Faults.Refuse(StoreCalls.Writes);
        await node.StopAsync();

        node = await RestartAsync(node);
        Assert.Equal("failed", (await node.FindAsync("resp_1")).Status);
        Logs.Ended(await LogReader.ReadAsync(node, "resp_1"));
    }
}
