using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AiGateway.Engine;
using AiGateway.Metering;

namespace AiGateway.Limits;

/// <summary>What was used up of a budget's stretch of time before it was first asked for here.</summary>
/// <param name="scope"><c>key</c> or <c>tenant</c>.</param>
/// <param name="name">Its id or name.</param>
/// <param name="since">When the stretch began.</param>
/// <param name="cancellationToken">Gives up.</param>
internal delegate ValueTask<(long Tokens, decimal Cost)> SpentBefore(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken);

/// <summary>
/// The capacity of one process, exact: all of a call's limits under one lock. By a clock that is never set back; only budgets go by the day, and their stretches
/// never come back either.
/// </summary>
internal sealed partial class LocalCapacity : ICapacity, IDisposable
{
    private const int SubjectsToSweep = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string, string), CapacitySubject> _subjects = [];

    // The same, found without reading a name, as long as settings stay what they are.
    private readonly Dictionary<CapacityLimit, CapacitySubject> _found = new(new SameLimit());
    private readonly SpentBefore _spent;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private int _sweepAt = SubjectsToSweep;

    /// <summary>Creates one.</summary>
    /// <param name="spent">Says what was used up before.</param>
    /// <param name="time">The clock.</param>
    public LocalCapacity(SpentBefore spent, TimeProvider time)
    {
        (_spent, _time) = (spent, time);
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((LocalCapacity)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> AcquireAsync(CapacityDemand demand, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(demand);
        if (demand.Limits.Count == 0)
            return new((new LocalLease(this, demand, [], default), null));
        lock (_gate)
        {
            var now = Now;
            if (IsLoaded(demand.Limits, now))
                return Enter(demand, now, cancellationToken);
        }

        return LoadAndEnterAsync(demand, cancellationToken);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Takes of one limit more.</summary>
    internal ValueTask<CapacityRefusal?> ExtendAsync(LocalLease lease, CapacityLimit limit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = Now;
            if (Subject(limit, now).BudgetsOf(limit) is not null)
                return new(Extend(lease, limit, now));
        }

        return LoadAndExtendAsync(lease, limit, cancellationToken);
    }

    /// <summary>Frees what was taken.</summary>
    internal void Free(List<LeasedPart> parts, long tokens, decimal cost, bool giveBack)
    {
        lock (_gate)
        {
            var now = Now;
            foreach (var part in parts)
            {
                var subject = part.Subject;
                subject.InFlight -= part.Places;
                subject.Move(part.Limit, now);
                if (giveBack)
                    subject.Requests?.Correct(part.Second, -part.Requests);
                subject.Tokens?.Correct(part.Second, tokens - part.Tokens);
                foreach (var (state, reservedTokens, reservedCost) in part.Budgets)
                    (state.ReservedTokens, state.ReservedCost) = (state.ReservedTokens - reservedTokens, state.ReservedCost - reservedCost);
                subject.Use(tokens, cost);
            }

            ServeWaiting(now);
        }
    }

    private CapacityMoment Now => new(_time.GetElapsedTime(_origin), _time.GetUtcNow());

    private CapacitySubject Subject(CapacityLimit limit, in CapacityMoment now)
    {
        if (!_found.TryGetValue(limit, out var subject))
            subject = Find(limit, now);
        subject.Move(limit, now);
        return subject;
    }

    private CapacitySubject Find(CapacityLimit limit, in CapacityMoment now)
    {
        if (_subjects.Count > _sweepAt)
            Sweep(now.Second);
        ref var subject = ref CollectionsMarshal.GetValueRefOrAddDefault(_subjects, (limit.Scope, limit.Name), out _);
        subject ??= new CapacitySubject();

        // Settings that are gone are forgotten with the rest.
        if (_found.Count >= 2 * SubjectsToSweep)
            _found.Clear();
        _found[limit] = subject;
        return subject;
    }

    // Nothing is taken before everything fits. What time never mends is told first, then what it mends last.
    private CapacityRefusal? Judge(CapacityDemand demand, in CapacityMoment now, out CapacitySubject? inTheWay)
    {
        inTheWay = null;
        CapacityRefusal? worst = null;
        foreach (var limit in demand.Limits)
        {
            var subject = Subject(limit, now);
            if (subject.Refuse(limit, demand, now) is not { } refusal)
                continue;
            if (worst is null || (worst.RetryAfter is { } wait && (refusal.RetryAfter is not { } longer || longer > wait)))
                (worst, inTheWay) = (refusal, subject);
        }

        return worst is null ? null : worst with { Standing = Standing(demand.Limits, now) };
    }

    private CapacityRefusal? Extend(LocalLease lease, CapacityLimit limit, in CapacityMoment now)
    {
        var demand = lease.Demand.CountsRequest ? lease.Demand : lease.Demand with { CountsRequest = true };
        var subject = Subject(limit, now);
        if (subject.Refuse(limit, demand, now) is { } refusal)
            return refusal;
        lease.Parts.Add(Take(limit, subject, demand));
        return null;
    }

    private LocalLease Take(CapacityDemand demand, in CapacityMoment now)
    {
        var parts = new List<LeasedPart>(demand.Limits.Count + 1);
        foreach (var limit in demand.Limits)
            parts.Add(Take(limit, Subject(limit, now), demand));
        return new LocalLease(this, demand, parts, Standing(demand.Limits, now));
    }

    private static LeasedPart Take(CapacityLimit limit, CapacitySubject subject, CapacityDemand demand)
    {
        var places = demand.TakesPlace ? 1 : 0;
        subject.InFlight += places;
        var requests = demand.CountsRequest ? 1 : 0;
        subject.Requests?.Add(requests);
        var tokens = 0L;
        if (limit.Tokens is { } mostTokens)
        {
            tokens = demand.Tokens + Math.Clamp(mostTokens - subject.Tokens!.Sum - demand.Tokens, 0, demand.MoreTokens);
            subject.Tokens.Add(tokens);
        }

        var second = subject.UsedAt;
        if (limit.Budgets.Count == 0)
            return new LeasedPart(limit, subject, second, places, requests, tokens, []);
        var states = subject.BudgetsOf(limit)!;
        var budgets = new (BudgetState, long, decimal)[states.Length];
        for (var i = 0; i < budgets.Length; i++)
        {
            var (budget, state) = (limit.Budgets[i], states[i]);
            var reserved = demand.Tokens + (budget.Tokens is { } most ? Math.Clamp(most - state.Tokens - state.ReservedTokens - demand.Tokens, 0, demand.MoreTokens) : 0);
            var cost = demand.Cost + (budget.Cost is { } mostCost ? Math.Clamp(mostCost - state.Cost - state.ReservedCost - demand.Cost, 0, demand.MoreCost) : 0);
            (state.ReservedTokens, state.ReservedCost) = (state.ReservedTokens + reserved, state.ReservedCost + cost);
            budgets[i] = (state, reserved, cost);
        }

        return new LeasedPart(limit, subject, second, places, requests, tokens, budgets);
    }

    private CapacityStanding Standing(IReadOnlyList<CapacityLimit> limits, in CapacityMoment now)
    {
        var standing = default(CapacityStanding);
        foreach (var limit in limits)
        {
            if (limit.Requests is null && limit.Tokens is null)
                continue;
            var subject = Subject(limit, now);
            if (limit.Requests is { } requests && Math.Max(0, requests - subject.Requests!.Sum) is var left && (standing.RequestLimit is null || left < standing.RequestsLeft))
                standing = standing with { RequestLimit = requests, RequestsLeft = left, RequestReset = now.Until(subject.Requests.When(0)) };
            if (limit.Tokens is { } tokens && Math.Max(0, tokens - subject.Tokens!.Sum) is var rest && (standing.TokenLimit is null || rest < standing.TokensLeft))
                standing = standing with { TokenLimit = tokens, TokensLeft = rest, TokenReset = now.Until(subject.Tokens.When(0)) };
        }

        return standing;
    }

    private bool IsLoaded(IReadOnlyList<CapacityLimit> limits, in CapacityMoment now)
    {
        foreach (var limit in limits)
        {
            if (limit.Budgets.Count > 0 && Subject(limit, now).BudgetsOf(limit) is null)
                return false;
        }

        return true;
    }

    private async ValueTask LoadAsync(IReadOnlyList<CapacityLimit> limits, CancellationToken cancellationToken)
    {
        foreach (var limit in limits)
        {
            foreach (var budget in limit.Budgets)
            {
                lock (_gate)
                {
                    if (Subject(limit, Now).Has(budget))
                        continue;
                }

                var now = _time.GetUtcNow();
                var (tokens, cost) = await _spent(limit.Scope, limit.Name, BudgetOptions.Begin(budget.Per, now), cancellationToken);

                // Another call may have been first, and what it used since is in its count only.
                lock (_gate)
                    Subject(limit, Now).Load(budget, now, tokens, cost);
            }
        }
    }

    private async ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> LoadAndEnterAsync(CapacityDemand demand, CancellationToken cancellationToken)
    {
        await LoadAsync(demand.Limits, cancellationToken);
        ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> entered;
        lock (_gate)
            entered = Enter(demand, Now, cancellationToken);
        return await entered;
    }

    private async ValueTask<CapacityRefusal?> LoadAndExtendAsync(LocalLease lease, CapacityLimit limit, CancellationToken cancellationToken)
    {
        await LoadAsync([limit], cancellationToken);
        lock (_gate)
            return Extend(lease, limit, Now);
    }

    // Subjects that are bound by budgets stay: to load them again costs more than to keep them.
    private void Sweep(long second)
    {
        foreach (var (name, subject) in _subjects)
        {
            if (!subject.HasBudgets && subject.IsIdle(second))
                _subjects.Remove(name);
        }

        _found.Clear();
        _sweepAt = Math.Max(SubjectsToSweep, 2 * _subjects.Count);
    }

    private sealed class SameLimit : IEqualityComparer<CapacityLimit>
    {
        public bool Equals(CapacityLimit? one, CapacityLimit? other) => ReferenceEquals(one, other);

        public int GetHashCode(CapacityLimit limit) => RuntimeHelpers.GetHashCode(limit);
    }
}
