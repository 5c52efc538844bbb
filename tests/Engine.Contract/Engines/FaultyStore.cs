using System.Collections.Concurrent;

namespace AiGateway.Engine.Contract.Engines;

/// <summary>A store that refuses, stalls or dies when it is told to, and remembers what it acknowledged.</summary>
/// <param name="inner">The store itself.</param>
public sealed class FaultyStore(IResponseStore inner) : IResponseStore
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, long> _kept = new(StringComparer.Ordinal);
    private readonly Signal _changed = new();
    private StoreCalls _refused;
    private StoreCalls _unsaid;
    private StoreCalls _held;
    private StoreCalls _waiting;
    private TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _refusals;
    private int _calls;
    private int _dieAt = int.MaxValue;
    private bool _diesAfter;
    private volatile bool _isDead;

    /// <summary>How many writes came so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Whether it died.</summary>
    public bool IsDead => _isDead;

    /// <summary>The sequence number of the last event of a response that it acknowledged; -1 for none.</summary>
    public long Kept(string id) => _kept.GetValueOrDefault(id, -1);

    /// <summary>Refuses such calls with <see cref="StorageUnavailableException"/> from now on; <see cref="StoreCalls.None"/> ends that.</summary>
    public void Refuse(StoreCalls calls)
    {
        lock (_gate)
            (_refused, _refusals) = (calls, 0);
    }

    /// <summary>Does as it is told from now on, but says that it failed.</summary>
    public void FailAfterwards(StoreCalls calls)
    {
        lock (_gate)
            (_unsaid, _refusals) = (calls, 0);
    }

    /// <summary>Lets such calls wait from now on, before they do anything.</summary>
    public void Hold(StoreCalls calls)
    {
        lock (_gate)
            _held = calls;
    }

    /// <summary>Lets go on what waits.</summary>
    public void Release()
    {
        lock (_gate)
        {
            (_held, _waiting) = (StoreCalls.None, StoreCalls.None);
            _release.TrySetResult();
            _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends when a call of that kind waits.</summary>
    public Task UntilHeldAsync(StoreCalls call) => _changed.UntilAsync(() => _waiting.HasFlag(call), () => $"A {call} that waits");

    /// <summary>Ends when so many calls were refused, or said to have failed, since the last change.</summary>
    public Task UntilRefusedAsync(int times) => _changed.UntilAsync(() => Volatile.Read(ref _refusals) >= times, () => $"{times} refusals");

    /// <summary>Ends when it is dead.</summary>
    public Task UntilDeadAsync() => _changed.UntilAsync(() => _isDead, () => "Death");

    /// <summary>Does nothing any more: its process was killed.</summary>
    public void Die()
    {
        _isDead = true;
        lock (_gate)
            _release.TrySetResult();
        _changed.Raise();
    }

    /// <summary>Dies at a write, the first being 1: before it, or after it and before anybody hears of it.</summary>
    public void DieAt(int call, bool after) => (_dieAt, _diesAfter) = (call, after);

    public async ValueTask<bool> CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken) =>
        Note(await WriteAsync(StoreCalls.Create, () => inner.CreateAsync(response, events, cancellationToken)), response.Id, events);

    public ValueTask<bool> BeginAsync(string id, long epoch, ReadOnlyMemory<byte> body) =>
        WriteAsync(StoreCalls.Begin, () => inner.BeginAsync(id, epoch, body));

    public async ValueTask<bool> AppendAsync(string id, long epoch, EventPage events) =>
        Note(await WriteAsync(StoreCalls.Append, () => inner.AppendAsync(id, epoch, events)), id, events);

    public async ValueTask<bool> EndAsync(StoredResponse response, ResponseEnd end) =>
        Note(await WriteAsync(StoreCalls.End, () => inner.EndAsync(response, end)), response.Id, end.Events);

    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        WriteAsync(StoreCalls.Delete, () => inner.DeleteAsync(tenant, id, cancellationToken));

    public ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.FindAsync(tenant, id, cancellationToken));

    public ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.FindChainAsync(tenant, id, cancellationToken));

    public ValueTask<EventPage> ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.ReadEventsAsync(id, after, maxBytes, cancellationToken));

    public ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.FindByIdempotencyKeyAsync(tenant, key, cancellationToken));

    public async ValueTask<IReadOnlyList<StoredResponse>> TakeOverAsync(CancellationToken cancellationToken)
    {
        var responses = await inner.TakeOverAsync(cancellationToken);
        foreach (var response in responses)
            _kept[response.Id] = response.LastSequence;
        return responses;
    }

    // What it does not acknowledge because it is dead is answered like a refusal for good: whoever asked gives up instead of asking for ever.
    private async ValueTask<bool> WriteAsync(StoreCalls call, Func<ValueTask<bool>> write)
    {
        var number = Interlocked.Increment(ref _calls);
        await WaitAsync(call);
        if (number == _dieAt && !_diesAfter)
            Die();
        if (_isDead)
            return false;
        Refuse(call, _refused);
        var result = await write();
        if (number == _dieAt)
            Die();
        if (_isDead)
            return false;
        Refuse(call, _unsaid);
        return result;
    }

    private async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> read)
    {
        await WaitAsync(StoreCalls.Read);
        if (_isDead)
            throw new StorageUnavailableException("The process was killed.");
        Refuse(StoreCalls.Read, _refused);
        return await read();
    }

    private async Task WaitAsync(StoreCalls call)
    {
        Task release;
        lock (_gate)
        {
            if (!_held.HasFlag(call) || _isDead)
                return;
            _waiting |= call;
            release = _release.Task;
        }

        _changed.Raise();
        await release;
    }

    private void Refuse(StoreCalls call, StoreCalls refused)
    {
        if (!refused.HasFlag(call))
            return;
        Interlocked.Increment(ref _refusals);
        _changed.Raise();
        throw new StorageUnavailableException("The test wants it so.");
    }

    private bool Note(bool isKept, string id, EventPage events)
    {
        if (isKept && events.Count > 0)
            _kept[id] = events.Last;
        return isKept;
    }
}
