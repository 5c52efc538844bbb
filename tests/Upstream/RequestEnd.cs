namespace AiGateway.Upstream;

/// <summary>How a request ended: served, or left by its caller. Whatever happens first, counts.</summary>
internal sealed class RequestEnd
{
    private const int Open = 0;
    private const int Concluding = 1;
    private const int Ended = 2;
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public Task Aborted => _aborted.Task;

    public Task Completed => _completed.Task;

    public bool IsConcluding => Volatile.Read(ref _state) == Concluding;

    /// <summary>The last bytes are about to go: a caller that hangs up from here on may have read them all, and did not abort.</summary>
    public void Conclude() => Interlocked.CompareExchange(ref _state, Concluding, Open);

    public void CallerLeft()
    {
        if (Interlocked.CompareExchange(ref _state, Ended, Open) == Open) _aborted.TrySetResult();
    }

    public void ServerStopped()
    {
        if (Interlocked.CompareExchange(ref _state, Ended, Open) != Open) return;
        _completed.TrySetCanceled();
        _aborted.TrySetCanceled();
    }

    public void Done()
    {
        if (Interlocked.Exchange(ref _state, Ended) != Ended) _completed.TrySetResult();
    }

    public void Broke(Exception e)
    {
        if (Interlocked.Exchange(ref _state, Ended) != Ended) _completed.TrySetException(e);
    }
}
