using System.Text;
using AiGateway.Engine;
using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Grains.Tests;

/// <summary>Who watches a response by its stream sees what its caller sees.</summary>
[Collection(RedisTests.Name)]
public sealed class ResponseWatcherTests(RedisServer server)
{
    [Fact]
    public async Task A_watcher_has_every_event_once_whenever_it_comes()
    {
        await using var stores = new RedisStores(server);
        var runner = new ScriptedRunner();
        var node = await ClusterNode.StartAsync(new EngineSetup { Runner = runner, Wrap = inner => new FaultyStore(inner) }, stores.Responses, stores.Responses);
        var response = new StoredResponse
        {
            Id = "resp_1",
            Status = "queued",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Body = """{"id":"resp_1","status":"queued","output":[]}"""u8.ToArray(),
            Input = "[]"u8.ToArray(),
            Background = true,
            Stream = true,
            Run = new RunRequest { RequestId = "req_1", Body = "{}"u8.ToArray() },
        };
        Assert.True(await node.Engine.StartAsync(response, default, default));
        var run = await runner.RunOfAsync("resp_1");
        var watchers = new List<Task<string>>();
        for (var i = 0; i < 4; i++)
        {
            watchers.Add(Task.Run(() => WatchAsync(node, stores)));
            await run.SayAsync(25);
        }

        await run.CompleteAsync();
        watchers.Add(Task.Run(() => WatchAsync(node, stores)));

        var all = Encoding.UTF8.GetString((await stores.Responses.ReadEventsAsync("resp_1", -1, int.MaxValue, default)).Frames.Span);
        Assert.Contains("response.completed", all, StringComparison.Ordinal);
        foreach (var watcher in watchers)
            Assert.Equal(all, await watcher.WaitAsync(TimeSpan.FromSeconds(30)));
        await node.StopAsync();
    }

    private static async Task<string> WatchAsync(ClusterNode node, RedisStores stores)
    {
        var text = new StringBuilder();
        await foreach (var page in node.Watcher(stores.Responses).WatchAsync(null, "resp_1", -1, default))
            text.Append(Encoding.UTF8.GetString(page.Frames.Span));
        return text.ToString();
    }
}
