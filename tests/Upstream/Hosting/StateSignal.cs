namespace AiGateway.Upstream;

/// <summary>Lets anyone wait until a condition over the server's counters holds; it is looked at again at every change, never by polling.</summary>
internal sealed class StateSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSource();

    public void Pulse()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            changed = _changed;
            _changed = NewSource();
        }

        changed.TrySetResult();
    }

    public async Task WaitUntilAsync(Func<bool> condition, TimeSpan timeout, Func<string> describe)
    {
        using var deadline = new CancellationTokenSource(timeout);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            if (condition()) return;
            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException e)
            {
                if (condition()) return;
                throw new TimeoutException($"After {timeout}: {describe()}", e);
            }
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
