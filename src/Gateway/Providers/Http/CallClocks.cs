using System.Collections.Concurrent;

namespace AiGateway.Providers.Http;

/// <summary>A bounded store of clocks that are between calls.</summary>
internal sealed class CallClocks(TimeProvider time)
{
    private const int Most = 1024;
    private readonly ConcurrentQueue<CallClock> _free = new();
    private int _count;

    public CallClock Rent(CancellationToken caller)
    {
        if (_free.TryDequeue(out var clock))
            Interlocked.Decrement(ref _count);
        else
            clock = new CallClock(time);
        clock.Begin(caller);
        return clock;
    }

    /// <summary>Takes a clock back, for the next call if it is still good. Nothing may use it or wait on its token any more.</summary>
    public void Return(CallClock clock)
    {
        if (!clock.TryReset())
        {
            clock.Retire();
        }
        else if (Interlocked.Increment(ref _count) <= Most)
        {
            _free.Enqueue(clock);
        }
        else
        {
            Interlocked.Decrement(ref _count);
            clock.Retire();
        }
    }
}
