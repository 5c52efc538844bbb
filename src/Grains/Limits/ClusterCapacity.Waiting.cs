using AiGateway.Engine;

namespace AiGateway.Grains.Limits;

/// <summary>Calls that wait for a grain's answer, or for their turn: in the order of asking, but none behind one that waits for something else.</summary>
internal sealed partial class ClusterCapacity
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly LinkedList<Waiter> _waiting = [];
    private readonly HashSet<CapacityShare> _ahead = [];
    private readonly HashSet<CapacityShare> _taken = [];
    private readonly HashSet<CapacityShare> _needed = [];
    private readonly HashSet<CapacityShare> _granted = [];
    private readonly ITimer _timer;
    private long _tickets;
    private int _patient;

    // Under the lock.
    private ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> Enter(CapacityDemand demand, ClusterLease? extended, CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0 && FitsAll(demand))
            return new((Take(demand, extended), null));
        var waiter = new Waiter(demand, extended, this, _time.GetTimestamp(), cancellationToken) { Ticket = ++_tickets };

        // What is added to a call that is served already comes before calls that are not.
        waiter.Place = extended is null ? _waiting.AddLast(waiter) : _waiting.AddFirst(waiter);
        waiter.Leaving = cancellationToken.UnsafeRegister(static state => ((Waiter)state!).Owner.Leave((Waiter)state), waiter);
        Serve();
        return new(waiter.Task);
    }

    private bool FitsAll(CapacityDemand demand)
    {
        foreach (var limit in demand.Limits)
        {
            if (!Share(limit).Fits(demand, isAll: false))
                return false;
        }

        return true;
    }

    // Under the lock.
    private void Serve()
    {
        if (_waiting.Count == 0 && _granted.Count == 0)
            return;
        _ahead.Clear();
        _taken.Clear();
        _needed.Clear();
        var next = TimeSpan.MaxValue;
        foreach (var waiter in _waiting)
        {
            foreach (var limit in waiter.Demand.Limits)
                Share(limit).ForgetWants();
        }

        for (var node = _waiting.First; node is not null;)
        {
            var waiter = node.Value;
            node = node.Next;
            next = Least(next, Serve(waiter));
        }

        foreach (var share in _needed)
        {
            if (share is { IsAsking: false, HasWants: true })
                _ = AskAsync(share, more: false);
            share.ForgetWants();
        }

        _granted.RemoveWhere(share =>
        {
            if (_needed.Contains(share))
                return false;
            share.LetGoExact();
            return true;
        });

        _timer.Change(next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : next < ShortestWait ? ShortestWait : next, Timeout.InfiniteTimeSpan);
    }

    // How long until it is to be looked at again.
    private TimeSpan Serve(Waiter waiter)
    {
        var demand = waiter.Demand;
        CapacityRefusal? refusal = null;
        CapacityShare? inTheWay = null;
        var isBehind = false;
        var lacks = false;
        foreach (var limit in demand.Limits)
        {
            var share = Share(limit);
            if (demand.TakesPlace && _ahead.Contains(share) && waiter.Extended is null)
                refusal = Worse(refusal, new CapacityRefusal(limit, CapacityKind.InFlight, 0, 0, 1, TimeSpan.Zero));
            isBehind |= _taken.Contains(share);
            var isAnswered = share.IsAnswered(demand, waiter.Ticket, demand.MaxWait > TimeSpan.Zero);
            if (share.Fits(demand, isAnswered))
                continue;
            lacks = true;
            if (share.Failure is { } failure && failure.UpTo >= waiter.Ticket)
            {
                End(waiter);
                waiter.TrySetException(failure.Error);
                return TimeSpan.MaxValue;
            }

            if (!isAnswered || share.Refusal(demand) is not { } denied)
                continue;
            if (refusal is null || ReferenceEquals(Worse(refusal, denied), denied))
                (refusal, inTheWay) = (denied, share);
        }

        if (refusal is null && !lacks && !isBehind)
        {
            End(waiter);
            waiter.TrySetResult((Take(demand, waiter.Extended), null));
            return TimeSpan.MaxValue;
        }

        return refusal is null ? WaitForAnswer(waiter) : WaitForTurn(waiter, refusal, inTheWay);
    }

    private TimeSpan WaitForAnswer(Waiter waiter)
    {
        foreach (var limit in waiter.Demand.Limits)
        {
            var share = Share(limit);
            _needed.Add(share);
            _taken.Add(share);
            if (!share.Fits(waiter.Demand, share.IsAnswered(waiter.Demand, waiter.Ticket, waiter.Demand.MaxWait > TimeSpan.Zero)) || share.HasWants)
                share.Want(waiter.Demand);
        }

        return TimeSpan.MaxValue;
    }

    private TimeSpan WaitForTurn(Waiter waiter, CapacityRefusal refusal, CapacityShare? inTheWay)
    {
        var rest = waiter.Demand.MaxWait - _time.GetElapsedTime(waiter.Since);
        if (rest <= TimeSpan.Zero || refusal.RetryAfter is not { } wait || wait > rest || (!waiter.IsPatient && _patient >= waiter.Demand.MaxWaiting))
        {
            End(waiter);
            waiter.TrySetResult((null, refusal with { Standing = Standing(waiter.Demand) }));
            return TimeSpan.MaxValue;
        }

        if (!waiter.IsPatient)
            (waiter.IsPatient, _patient) = (true, _patient + 1);
        if (inTheWay is null)
            return rest;
        _ahead.Add(inTheWay);
        var pause = inTheWay.Pause;
        if (pause > TimeSpan.Zero)
            return Least(pause, rest);

        // Asked again: the last answer is not for it any more.
        waiter.Ticket = ++_tickets;
        _needed.Add(inTheWay);
        inTheWay.Want(waiter.Demand);
        return rest;
    }

    // What time never mends is told first, then what it mends last.
    private static CapacityRefusal Worse(CapacityRefusal? one, CapacityRefusal other) =>
        one is null || (one.RetryAfter is { } wait && (other.RetryAfter is not { } longer || longer > wait)) ? other : one;

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Wake()
    {
        lock (_gate)
            Serve();
    }

    private void End(Waiter waiter)
    {
        _waiting.Remove(waiter.Place!);
        waiter.Leaving.Unregister();
        if (waiter.IsPatient)
            _patient--;
    }

    private void Leave(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Task.IsCompleted)
                return;
            End(waiter);
            waiter.TrySetCanceled(waiter.CancellationToken);
            Serve();
        }
    }

    private sealed class Waiter(CapacityDemand demand, ClusterLease? extended, ClusterCapacity owner, long since, CancellationToken cancellationToken)
        : TaskCompletionSource<(CapacityLease? Lease, CapacityRefusal? Refusal)>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public CapacityDemand Demand => demand;

        public ClusterLease? Extended => extended;

        public long Since => since;

        public CancellationToken CancellationToken => cancellationToken;

        public ClusterCapacity Owner => owner;

        /// <summary>Answers to an asking before this was given do not count for it.</summary>
        public long Ticket { get; set; }

        /// <summary>Whether it was refused and waits for its turn.</summary>
        public bool IsPatient { get; set; }

        public LinkedListNode<Waiter>? Place { get; set; }

        public CancellationTokenRegistration Leaving { get; set; }
    }
}
