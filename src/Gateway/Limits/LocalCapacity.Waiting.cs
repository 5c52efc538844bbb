using AiGateway.Engine;

namespace AiGateway.Limits;

/// <summary>Calls that wait for their turn: in the order of asking, but none behind one that waits for something else.</summary>
internal sealed partial class LocalCapacity
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly LinkedList<Waiter> _waiting = [];
    private readonly ITimer _timer;

    /// <summary>How many calls wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    // Under the lock.
    private ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> Enter(CapacityDemand demand, in CapacityMoment now, CancellationToken cancellationToken)
    {
        var refusal = Judge(demand, now, out _) ?? BehindOthers(demand, now);
        if (refusal is null)
            return new((Take(demand, now), null));

        // A budget is not waited for but where others have it reserved; and nobody waits for what will not come in time.
        if (_waiting.Count >= demand.MaxWaiting || refusal.RetryAfter is not { } wait || wait > demand.MaxWait)
            return new((null, refusal));
        var waiter = new Waiter(demand, this, _time.GetTimestamp(), cancellationToken);
        waiter.Place = _waiting.AddLast(waiter);
        waiter.Leaving = cancellationToken.UnsafeRegister(static state => ((Waiter)state!).Owner.Leave((Waiter)state), waiter);
        ServeWaiting(now);
        return new(waiter.Task);
    }

    private CapacityRefusal? BehindOthers(CapacityDemand demand, in CapacityMoment now) => IsBehindOthers(demand, now) is { } ahead
        ? new CapacityRefusal(ahead, CapacityKind.InFlight, 0, 0, 1, TimeSpan.Zero) { Standing = Standing(demand.Limits, now) }
        : null;

    private CapacityLimit? IsBehindOthers(CapacityDemand demand, in CapacityMoment now)
    {
        // Who waits for requests or tokens has taken what there is of them; what takes no place is in nobody's way who waits for one.
        if (_waiting.Count == 0 || !demand.TakesPlace)
            return null;
        foreach (var limit in demand.Limits)
        {
            if (Subject(limit, now).Waiting > 0)
                return limit;
        }

        return null;
    }

    // Under the lock.
    private void ServeWaiting(in CapacityMoment now)
    {
        if (_waiting.Count == 0)
            return;
        foreach (var waiter in _waiting)
            waiter.NoteInTheWay(null);
        var next = TimeSpan.MaxValue;
        for (var node = _waiting.First; node is not null;)
        {
            var (waiter, following) = (node.Value, node.Next);
            node = following;
            var rest = Rest(waiter);
            CapacitySubject? inTheWay;
            if (IsBehindOthers(waiter.Demand, now) is { } ahead)
                inTheWay = Subject(ahead, now);
            else if (Judge(waiter.Demand, now, out inTheWay) is null)
                inTheWay = null;
            var refusal = Judge(waiter.Demand, now, out _) ?? BehindOthers(waiter.Demand, now);
            if (inTheWay is null)
            {
                End(waiter, Take(waiter.Demand, now), null);
            }
            else if (rest <= TimeSpan.Zero || refusal?.RetryAfter is not { } wait || wait > rest)
            {
                End(waiter, null, refusal);
            }
            else
            {
                waiter.NoteInTheWay(inTheWay);
                next = Least(next, wait > TimeSpan.Zero ? wait : rest, rest);
            }
        }

        _timer.Change(next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : next < ShortestWait ? ShortestWait : next, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Rest(Waiter waiter) => waiter.Demand.MaxWait - _time.GetElapsedTime(waiter.Since);

    private static TimeSpan Least(params ReadOnlySpan<TimeSpan> times)
    {
        var least = TimeSpan.MaxValue;
        foreach (var time in times)
            least = time < least ? time : least;
        return least;
    }

    private void Wake()
    {
        lock (_gate)
            ServeWaiting(Now);
    }

    private void End(Waiter waiter, LocalLease? lease, CapacityRefusal? refusal)
    {
        _waiting.Remove(waiter.Place!);
        waiter.NoteInTheWay(null);
        waiter.Leaving.Unregister();
        waiter.TrySetResult((lease, refusal));
    }

    private void Leave(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Task.IsCompleted)
                return;
            _waiting.Remove(waiter.Place!);
            waiter.NoteInTheWay(null);
            waiter.TrySetCanceled(waiter.CancellationToken);
            ServeWaiting(Now);
        }
    }

    private sealed class Waiter(CapacityDemand demand, LocalCapacity owner, long since, CancellationToken cancellationToken)
        : TaskCompletionSource<(CapacityLease? Lease, CapacityRefusal? Refusal)>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private CapacitySubject? _inTheWay;

        public CapacityDemand Demand => demand;

        public long Since => since;

        public CancellationToken CancellationToken => cancellationToken;

        public LocalCapacity Owner => owner;

        public LinkedListNode<Waiter>? Place { get; set; }

        public CancellationTokenRegistration Leaving { get; set; }

        /// <summary>Notes what holds it up: who needs that too and comes later waits behind it.</summary>
        public void NoteInTheWay(CapacitySubject? subject)
        {
            if (_inTheWay is not null)
                _inTheWay.Waiting--;
            _inTheWay = subject;
            if (subject is not null)
                subject.Waiting++;
        }
    }
}
