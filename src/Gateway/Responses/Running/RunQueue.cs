namespace AiGateway.Responses.Running;

/// <summary>Lets a bounded number of background responses run at a time; the others wait in order.</summary>
/// <param name="maxRunning">How many may run; asked anew each time.</param>
/// <param name="maxWaiting">How many may wait; asked anew each time.</param>
internal sealed class RunQueue(Func<int> maxRunning, Func<int> maxWaiting)
{
    private readonly Lock _gate = new();
    private Queue<ResponseRun> _waiting = new();
    private int _running;
    private bool _isClosed;

    /// <summary>Whether there is no room for another to wait.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                if (_running < maxRunning() || _waiting.Count < maxWaiting())
                    return false;

                // Those that were cancelled while they waited leave their places only where these are needed.
                _waiting = new Queue<ResponseRun>(_waiting.Where(run => !run.IsOver));
                return _waiting.Count >= maxWaiting();
            }
        }
    }

    /// <summary>Has a response run when its turn comes, however many wait.</summary>
    public void Add(ResponseRun run)
    {
        lock (_gate)
        {
            _waiting.Enqueue(run);
            StartNext();
        }
    }

    /// <summary>Starts none any more.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

    private void StartNext()
    {
        while (!_isClosed && _running < maxRunning() && _waiting.TryDequeue(out var run))
        {
            _running++;
            _ = Task.Run(() => RunAsync(run));
        }
    }

    private async Task RunAsync(ResponseRun run)
    {
        await run.RunAsync();
        lock (_gate)
        {
            _running--;
            StartNext();
        }
    }
}
