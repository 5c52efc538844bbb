using Microsoft.Extensions.Time.Testing;

namespace AiGateway.AspNetCore.Tests.Harness;

/// <summary>
/// The gateway's time, which stands still until a test lets it pass. So no limit can be over before that has happened which it is to be over
/// after, however slow the machine is. Connecting is not under it: that limit is the HTTP stack's own.
/// </summary>
public sealed class TestTime : FakeTimeProvider
{
    private volatile TaskCompletionSource _timerSet = NewSource();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(base.CreateTimer(callback, state, dueTime, period), this);
        TimerSet();
        return timer;
    }

    /// <summary>Lets time pass until something has come about that waits for nothing else.</summary>
    /// <param name="step">More than the limit that is to be over, and not so much that another one is.</param>
    /// <param name="until">What the limit brings about.</param>
    public async Task PassAsync(TimeSpan step, Task until)
    {
        // The wait that is to end may only begin behind a step. It then sets a timer, and gets a step of its own.
        Task first;
        do
        {
            var timerSet = _timerSet.Task;
            Advance(step);
            first = await Task.WhenAny(until, timerSet).WaitAsync(Waits.Deadline);
        }
        while (first != until);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void TimerSet() => Interlocked.Exchange(ref _timerSet, NewSource()).TrySetResult();

    private sealed class WatchedTimer(ITimer timer, TestTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            time.TimerSet();
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
