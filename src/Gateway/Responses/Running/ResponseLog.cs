using System.Runtime.CompilerServices;
using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Responses.Running;

/// <summary>
/// The events of a running response. Its run alone writes; any number of readers follow, each at its own pace, and see an event only when it is kept:
/// what a reader saw is there after the process was killed. While one page is being kept, what is written meanwhile gathers to the next.
/// </summary>
internal sealed class ResponseLog
{
    // What may wait to be kept; then the run waits too.
    private const int MaxPending = 4 * 1024 * 1024;

    // What readers find in memory; those who are further behind read from the store.
    private const int MaxInMemory = 512 * 1024;
    private const int PageBytes = 128 * 1024;

    private static readonly TimeSpan RetryDelay = StoredEvents.RetryDelay;

    private readonly Lock _gate = new();
    private readonly IResponseStore _store;
    private readonly string _id;
    private readonly long _epoch;
    private readonly TimeProvider _time;
    private readonly FrameBuffer _pending = new();
    private readonly List<EventPage> _pages = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _lost = new();
    private int _pageBytes;
    private long _next;
    private long _kept;
    private bool _isFlushing;
    private bool _isClosed;
    private Task _flush = Task.CompletedTask;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Opens a log.</summary>
    /// <param name="store">Where events are kept.</param>
    /// <param name="id">The response's id.</param>
    /// <param name="epoch">Who owns its run.</param>
    /// <param name="lastKept">The sequence number of the last event that is kept already; -1 for none.</param>
    /// <param name="time">Times the wait for a storage that cannot be used.</param>
    public ResponseLog(IResponseStore store, string id, long epoch, long lastKept, TimeProvider time)
    {
        (_store, _id, _epoch, _time) = (store, id, epoch, time);
        _next = _kept = lastKept + 1;
    }

    /// <summary>The sequence number that the next event gets.</summary>
    public long Next
    {
        get
        {
            lock (_gate)
                return _next;
        }
    }

    /// <summary>Ends when somebody else owns the run: what is written here is not kept any more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Whether <see cref="Lost"/> has ended.</summary>
    public bool IsLost => _lost.IsCancellationRequested;

    /// <summary>What went wrong with the log itself, other than a storage that could not be used; null for nothing.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Writes an event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="json">Its JSON.</param>
    /// <returns>A task that ends when there is room for more.</returns>
    public ValueTask AppendAsync(string type, ReadOnlySpan<byte> json)
    {
        Task? full;
        lock (_gate)
        {
            EventFrame.Write(_pending, type, json);
            _next++;
            if (!_isFlushing && !_closing.IsCancellationRequested)
            {
                _isFlushing = true;
                _flush = Task.Run(FlushAsync);
            }

            full = _pending.Length > MaxPending ? _changed.Task : null;
        }

        return full is null ? default : WaitForRoomAsync(full);
    }

    /// <summary>Writes the last event and keeps all that is not kept yet, together with the response's end.</summary>
    /// <param name="last">Makes the last event, by its sequence number; null where there is none to write.</param>
    /// <param name="end">Keeps the end, with these events; false where somebody else owns the run.</param>
    /// <param name="refused">Told each time that the storage cannot be used; it is tried again.</param>
    /// <param name="stopping">Gives up trying where the storage cannot be used.</param>
    /// <returns>Whether the end is kept.</returns>
    public async Task<bool> CloseAsync(
        Func<long, ResponseEvent>? last, Func<EventPage, ValueTask<bool>> end, Action<StorageUnavailableException> refused, CancellationToken stopping)
    {
        await _closing.CancelAsync();

        // Whoever waits for room will not get it here.
        lock (_gate)
            Signal();
        await _flush;
        EventPage rest;
        lock (_gate)
        {
            if (last is not null)
            {
                var written = last(_next++);
                EventFrame.Write(_pending, written.Type, written.Utf8.Span);
            }

            rest = Unkept();
        }

        var isKept = false;
        try
        {
            while (!IsLost && !isKept)
            {
                try
                {
                    isKept = await end(rest);
                    if (!isKept)
                        await _lost.CancelAsync();
                }
                catch (StorageUnavailableException e)
                {
                    refused(e);
                    await Task.Delay(RetryDelay, _time, stopping);
                }
            }

            return isKept;
        }
        finally
        {
            lock (_gate)
            {
                if (isKept)
                    Publish(rest);
                Shut();
            }
        }
    }

    /// <summary>Lets readers go before the end: nothing more is written here, though perhaps by the next process.</summary>
    public void Leave()
    {
        lock (_gate)
            Shut();
    }

    /// <summary>Reads events: those kept, then those to come, to the log's end.</summary>
    /// <param name="after">The sequence number behind which to begin; -1 for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<EventPage> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            EventPage page = default;
            Task? change = null;
            var isStored = false;
            long kept;
            lock (_gate)
            {
                kept = _kept;
                if (after + 1 >= kept)
                {
                    if (_isClosed)
                        yield break;
                    change = _changed.Task;
                }
                else if (_pages.Count == 0 || after + 1 < _pages[0].First)
                {
                    isStored = true;
                }
                else
                {
                    page = PageWith(after + 1).After(after);
                }
            }

            if (change is not null)
            {
                await change.WaitAsync(cancellationToken);
                continue;
            }

            if (isStored)
                page = Until(kept, await StoredEvents.ReadAsync(_store, _id, after, PageBytes, _time, cancellationToken));
            if (page.Count == 0)
                yield break;
            after = page.Last;
            yield return page;
        }
    }

    // The store may have more by now than this log has heard of: the terminal event, of an end that nobody who asks is told of yet.
    private static EventPage Until(long end, EventPage page)
    {
        if (page.Last < end)
            return page;
        var rest = page.After(end - 1);
        return new EventPage(page.First, page.Count - rest.Count, page.Frames[..^rest.Frames.Length]);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task FlushAsync()
    {
        while (true)
        {
            EventPage page;
            lock (_gate)
            {
                page = Unkept();
                if (page.Count == 0 || _closing.IsCancellationRequested)
                {
                    _isFlushing = false;
                    return;
                }
            }

            try
            {
                if (!await _store.AppendAsync(_id, _epoch, page))
                {
                    await LoseAsync();
                    return;
                }

                lock (_gate)
                {
                    Publish(page);
                    Signal();
                }
            }
            catch (StorageUnavailableException)
            {
                await Task.Delay(RetryDelay, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                Failure = e;
                await LoseAsync();
                return;
            }
        }
    }

    private async Task LoseAsync()
    {
        await _lost.CancelAsync();
        Leave();
    }

    private async ValueTask WaitForRoomAsync(Task change)
    {
        while (true)
        {
            await change;
            lock (_gate)
            {
                if (_pending.Length <= MaxPending || IsLost || _closing.IsCancellationRequested)
                    return;
                change = _changed.Task;
            }
        }
    }

    private EventPage Unkept() => new(_kept, (int)(_next - _kept), _pending.Written);

    private void Publish(EventPage page)
    {
        if (page.Count == 0)
            return;
        _pending.Take(page.Frames.Length);
        _kept = page.Last + 1;
        _pages.Add(page);
        _pageBytes += page.Frames.Length;
        if (_pageBytes > MaxInMemory)
            DropOldest();
    }

    // Half of it at a time: to drop page by page would move the whole list for each.
    private void DropOldest()
    {
        var count = 0;
        while (count < _pages.Count - 1 && _pageBytes > MaxInMemory / 2)
            _pageBytes -= _pages[count++].Frames.Length;
        _pages.RemoveRange(0, count);
    }

    private EventPage PageWith(long sequence)
    {
        var (low, high) = (0, _pages.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_pages[middle].First <= sequence)
                low = middle;
            else
                high = middle - 1;
        }

        return _pages[low];
    }

    private void Shut()
    {
        _isClosed = true;
        Signal();
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }
}
