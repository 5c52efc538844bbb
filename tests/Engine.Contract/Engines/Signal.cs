namespace AiGateway.Engine.Contract.Engines;

/// <summary>Lets anyone wait for a condition, which is looked at again whenever something has changed.</summary>
internal sealed class Signal
{
    // Guards against hanging only.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();

    public void Raise()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = New();
        }

        changed.SetResult();
    }

    public async Task UntilAsync(Func<bool> condition, Func<string> describe)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            if (condition())
                return;
            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"{describe()}: it did not come within {Patience}.", e);
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
