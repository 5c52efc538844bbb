using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AiGateway.Engine;
using AiGateway.Grains.Silos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace AiGateway.Grains.Engine;

/// <summary>
/// Watches responses from a node by their Orleans streams: for who follows or resumes one, other than its own caller, who reads the log by a cursor, which is sooner. However
/// many follow a response at a node, its events come there once. A stream may lose events, with its silo or where a follower is slow: what is missing is read from where it is kept.
/// </summary>
/// <param name="services">Where streams are.</param>
/// <param name="grains">Where grains are.</param>
/// <param name="store">Where events are kept.</param>
internal sealed class ResponseWatcher(IServiceProvider services, IGrainFactory grains, IResponseStore store)
{
    private const int PageBytes = 256 * 1024;

    // What a follower who does not read may have waiting here; beyond it, he reads what is kept.
    private const int MostPages = 64;

    // How long a stream may be silent before it is taken for lost: then what is kept is looked at, and the stream is watched anew.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);

    /// <summary>How many streams are watched.</summary>
    public int Watched
    {
        get
        {
            lock (_watches)
                return _watches.Count;
        }
    }

    /// <summary>Watches a background response that streams: what is kept of it, then what comes.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="after">The sequence number behind which to begin; -1 for the first.</param>
    /// <param name="cancellationToken">Ends the watching.</param>
    /// <returns>The events in order, without gaps. It ends with the response, and where the stream is silent or broken: then it is to be called again.</returns>
    public async IAsyncEnumerable<EventPage> WatchAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in KeptAsync(id, after, cancellationToken))
        {
            after = page.Last;
            yield return page;
        }

        var pages = Channel.CreateBounded<EventPage>(new BoundedChannelOptions(MostPages) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
        var watch = Join(id, pages.Writer);
        try
        {
            await watch.Subscribed.WaitAsync(cancellationToken);

            // Has it put on its stream, and run, where whoever ran it is gone.
            var comes = await grains.GetGrain<IResponseGrain>(id).PublishAsync().WaitAsync(cancellationToken);
            await foreach (var page in KeptAsync(id, after, cancellationToken))
            {
                after = page.Last;
                yield return page;
            }

            if (!comes)
                yield break;
            while (await NextAsync(pages.Reader, cancellationToken) is { } page)
            {
                if (page.Count == 0 || page.First > after + 1)
                    yield break;
                var rest = page.After(after);
                if (rest.Count == 0)
                    continue;
                after = rest.Last;
                yield return rest;
            }

            Forget(id, watch);
        }
        finally
        {
            Leave(id, watch, pages.Writer);
        }
    }

    private async IAsyncEnumerable<EventPage> KeptAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await store.ReadEventsAsync(id, after, PageBytes, cancellationToken) is { Count: > 0 } kept)
        {
            after = kept.Last;
            yield return kept;
        }
    }

    // Null where it is silent.
    private static async ValueTask<EventPage?> NextAsync(ChannelReader<EventPage> pages, CancellationToken cancellationToken)
    {
        if (pages.TryRead(out var ready))
            return ready;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(Silence);
        try
        {
            return await pages.ReadAsync(silence.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private Watch Join(string id, ChannelWriter<EventPage> follower)
    {
        lock (_watches)
        {
            if (!_watches.TryGetValue(id, out var watch))
                _watches[id] = watch = new Watch(services.GetRequiredKeyedService<IStreamProvider>(EventStreams.Provider).GetStream<EventPage>(EventStreams.Of(id)));
            watch.Followers.Add(follower);
            return watch;
        }
    }

    // Whoever comes next watches anew.
    private void Forget(string id, Watch watch)
    {
        lock (_watches)
        {
            if (_watches.GetValueOrDefault(id) == watch)
                _watches.Remove(id);
        }
    }

    private void Leave(string id, Watch watch, ChannelWriter<EventPage> follower)
    {
        lock (_watches)
        {
            watch.Followers.Remove(follower);
            if (watch.Followers.Count > 0)
                return;
            if (_watches.GetValueOrDefault(id) == watch)
                _watches.Remove(id);
        }

        _ = watch.EndAsync();
    }

    /// <summary>A response's stream, for all who follow it here.</summary>
    private sealed class Watch
    {
        private readonly Task<StreamSubscriptionHandle<EventPage>> _subscribed;

        public Watch(IAsyncStream<EventPage> stream) => _subscribed = stream.SubscribeAsync((page, _) => TellAsync(page));

        /// <summary>Ends when the events come.</summary>
        public Task Subscribed => _subscribed;

        /// <summary>Where they go. Changed under the lock of the watcher only.</summary>
        public FollowerList Followers { get; } = new();

        /// <summary>Ends the subscription.</summary>
        public async Task EndAsync()
        {
            try
            {
                await (await _subscribed).UnsubscribeAsync();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Gone with its silo, or it will be found to lead nowhere.
            }
        }

        private Task TellAsync(EventPage page)
        {
            foreach (var follower in Followers.Now)
                follower.TryWrite(page);
            return Task.CompletedTask;
        }
    }

    /// <summary>Who follows: written by one at a time, read by anybody.</summary>
    private sealed class FollowerList
    {
        private volatile ChannelWriter<EventPage>[] _now = [];

        public ChannelWriter<EventPage>[] Now => _now;

        public int Count => _now.Length;

        public void Add(ChannelWriter<EventPage> follower) => _now = [.. _now, follower];

        public void Remove(ChannelWriter<EventPage> follower) => _now = [.. _now.Where(other => other != follower)];
    }
}
