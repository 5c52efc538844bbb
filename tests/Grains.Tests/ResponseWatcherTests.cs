using System.Text;
using AiGateway.Engine;
using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Grains.Tests;

/// <summary>Who follows a response that another call created does so by its stream, and sees what its caller sees.</summary>
[Collection(RedisTests.Name)]
public sealed class ResponseWatcherTests(RedisServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ScriptedRunner _runner = new();
    private RedisStores _stores = null!;
    private FaultyStore _store = null!;
    private ClusterNode _node = null!;

    public async Task InitializeAsync()
    {
        _stores = new RedisStores(server);
        _node = await ClusterNode.StartAsync(new EngineSetup { Runner = _runner, Wrap = inner => _store = new FaultyStore(inner) }, _stores.Responses, _stores.Responses);
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
        Assert.True(await _node.Engine.StartAsync(response, default, default));
    }

    public async Task DisposeAsync()
    {
        _runner.Abandon();
        await _node.StopAsync();
        await _stores.DisposeAsync();
    }

    [Fact]
    public async Task A_watcher_has_every_event_once_whenever_it_comes()
    {
        var run = await _runner.RunOfAsync("resp_1");
        var watchers = new List<Watching>();
        for (var i = 0; i < 4; i++)
        {
            watchers.Add(new Watching(_node));
            await run.SayAsync(25);
        }

        await run.CompleteAsync();
        watchers.Add(new Watching(_node));

        var all = Encoding.UTF8.GetString((await _stores.Responses.ReadEventsAsync("resp_1", -1, int.MaxValue, default)).Frames.Span);
        Assert.Contains("response.completed", all, StringComparison.Ordinal);
        foreach (var watcher in watchers)
            Assert.Equal(all, await watcher.Ended.WaitAsync(Patience));
        await UntilAsync(async () => _node.Watcher.Watched == 0 && await _node.SubscriptionsAsync("resp_1") == 0);
    }

    [Fact]
    public async Task Events_come_by_the_stream_once_for_all_who_watch()
    {
        var run = await _runner.RunOfAsync("resp_1");
        var watchers = Enumerable.Range(0, 3).Select(_ => new Watching(_node)).ToList();

        // Nothing can be read in such a round: what comes is the stream's. Whoever was not there yet is so in the next one.
        var said = 0;
        await UntilAsync(async () =>
        {
            await run.SayAsync(1);
            said++;
            await UntilAsync(() => Task.FromResult(AllHave(watchers, said)));
            _store.Refuse(StoreCalls.Read);
            await run.SayAsync(5);
            said += 5;
            for (var i = 0; i < 50 && !AllHave(watchers, said); i++)
                await Task.Delay(20);
            var (have, watched) = (AllHave(watchers, said), _node.Watcher.Watched);
            _store.Refuse(StoreCalls.None);
            return have && watched == 1 && await _node.SubscriptionsAsync("resp_1") == 1;
        });
        await run.CompleteAsync();
        foreach (var watcher in watchers)
            Assert.Contains("response.completed", await watcher.Ended.WaitAsync(Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_misses_nothing_and_holds_up_nobody()
    {
        var run = await _runner.RunOfAsync("resp_1");
        var watcher = new Watching(_node);
        await using var slow = _node.Engine.WatchAsync(null, "resp_1", -1, default).GetAsyncEnumerator();
        var (text, said) = (new StringBuilder(), 0);

        // Whose reading was answered each time before there was anything has read what is kept, and watches the stream in the end.
        for (; said < 20; said++)
        {
            var next = slow.MoveNextAsync().AsTask();
            await _stores.Responses.ReadEventsAsync("resp_1", -1, int.MaxValue, default);
            await run.SayAsync(1);
            Assert.True(await next.WaitAsync(Patience));
            text.Append(Encoding.UTF8.GetString(slow.Current.Frames.Span));
        }

        // And then it does not read, while more pages come than wait for it.
        for (; said < 220; said++)
        {
            await run.SayAsync(1);
            await UntilAsync(() => Task.FromResult(watcher.Last == said));
        }

        await run.CompleteAsync();
        var all = await watcher.Ended.WaitAsync(Patience);

        while (await slow.MoveNextAsync().AsTask().WaitAsync(Patience))
            text.Append(Encoding.UTF8.GetString(slow.Current.Frames.Span));
        Assert.Equal(all, text.ToString());
    }

    private static async Task UntilAsync(Func<Task<bool>> fact)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await fact())
            await Task.Delay(10, deadline.Token);
    }

    private static bool AllHave(List<Watching> watchers, int events) => watchers.TrueForAll(watcher => watcher.Last == events - 1);

    private sealed class Watching
    {
        private readonly ClusterNode _node;
        private long _last = -1;

        public Watching(ClusterNode node)
        {
            _node = node;
            Ended = Task.Run(WatchAsync);
        }

        /// <summary>The last event that came.</summary>
        public long Last => Interlocked.Read(ref _last);

        /// <summary>All that came, when it has ended.</summary>
        public Task<string> Ended { get; }

        private async Task<string> WatchAsync()
        {
            var text = new StringBuilder();
            await foreach (var page in _node.Engine.WatchAsync(null, "resp_1", -1, default))
            {
                text.Append(Encoding.UTF8.GetString(page.Frames.Span));
                Interlocked.Exchange(ref _last, page.Last);
            }

            return text.ToString();
        }
    }
}
