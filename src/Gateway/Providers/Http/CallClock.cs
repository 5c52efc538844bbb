using System.Diagnostics;

namespace AiGateway.Providers.Http;

/// <summary>
/// The patience of one call: a cancellation token that ends with the caller's, or when a wait outlasts its limit.
/// Reused for call after call, and a wait costs no timer: the timer runs on by itself and, when it fires, looks
/// whether anything is late; if not, it is set to the moment at which something could be.
/// </summary>
internal sealed class CallClock
{
    private const long Never = long.MaxValue;
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _source = new();
    private readonly ITimer _timer;
    private CancellationTokenRegistration _registration;
    private long _deadline = Never;
    private long _due = Never;
    private bool _expired;

    public CallClock(TimeProvider time)
    {
        _time = time;
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static state => ((CallClock)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends when the caller's token does, when a wait is over its limit, or with <see cref="Cancel"/>.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether <see cref="Token"/> ended because a wait took too long.</summary>
    public bool Expired => Volatile.Read(ref _expired);

    /// <summary>Ties the clock to a caller.</summary>
    public void Begin(CancellationToken caller) =>
        _registration = caller.UnsafeRegister(static state => ((CallClock)state!).Cancel(), this);

    /// <summary>The moment that is a time from now.</summary>
    /// <returns>A timestamp for <see cref="WaitUntil"/>; none (the farthest) for an infinite time.</returns>
    public long After(TimeSpan timeout) => timeout <= TimeSpan.Zero
        ? Never
        : _time.GetTimestamp() + (long)Math.Min(timeout.TotalSeconds * _time.TimestampFrequency, Never / 2);

    /// <summary>A wait begins, and is late after the deadline.</summary>
    public void WaitUntil(long deadline)
    {
        lock (_gate)
        {
            _deadline = deadline;
            if (deadline < _due)
                Arm(deadline);
        }
    }

    /// <summary>The wait is over: from now on time is the reader's, not the provider's.</summary>
    public void Settle()
    {
        lock (_gate)
            _deadline = Never;
    }

    /// <summary>Ends <see cref="Token"/> now.</summary>
    public void Cancel() => _source.Cancel();

    /// <summary>Lets go of the caller.</summary>
    /// <returns>Whether the clock can serve another call.</returns>
    public bool TryReset()
    {
        Settle();
        // Waits for a cancellation that is under way, which would otherwise hit the next call.
        _registration.Dispose();
        _registration = default;
        return _source.TryReset();
    }

    /// <summary>Lets go of the caller and of the timer, for good.</summary>
    public void Retire()
    {
        _registration.Dispose();
        _timer.Dispose();
    }

    private void Arm(long deadline)
    {
        var left = _time.GetElapsedTime(_time.GetTimestamp(), deadline);
        // A whole millisecond more, since timers round down and one that fires early would have to be set again.
        left = left < TimeSpan.Zero ? TimeSpan.Zero : left + TimeSpan.FromMilliseconds(1);
        _due = deadline;
        _timer.Change(left > LongestTimer ? LongestTimer : left, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _due = Never;
            if (_deadline == Never)
                return;
            if (_time.GetTimestamp() < _deadline)
            {
                Arm(_deadline);
                return;
            }

            Debug.Assert(_deadline > 0);
            Volatile.Write(ref _expired, true);
        }

        _source.Cancel();
    }
}
