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
    // So that no second is negative.
    private const long FirstSecond = 1000;
    private const int SubjectsToSweep = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string, string), CapacitySubject> _subjects = [];
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
            if (IsLoaded(demand.Limits))
                return Enter(demand, cancellationToken);
        }

        return LoadAndEnterAsync(demand, cancellationToken);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Takes of one limit more.</summary>
    internal async ValueTask<CapacityRefusal?> ExtendAsync(LocalLease lease, CapacityLimit limit, CancellationToken cancellationToken)
    {
        await LoadAsync([limit], cancellationToken);
        lock (_gate)
        {
            var demand = lease.Demand with { CountsRequest = true };
            var subject = Subject(limit);
            if (Refuse(demand, limit, subject) is { } refusal)
                return refusal;
            lease.Parts.Add(Take(limit, subject, demand));
            return null;
        }
    }

    /// <summary>Frees what was taken.</summary>
    internal void Free(List<LeasedPart> parts, long tokens, decimal cost, bool giveBack)
    {
        lock (_gate)
        {
            foreach (var part in parts)
            {
                var subject = part.Subject;
                subject.InFlight--;
                subject.Move(part.Limit, Second, _time.GetUtcNow());
                if (giveBack)
                    subject.Requests?.Correct(part.Second, -part.Requests);
                subject.Tokens?.Correct(part.Second, tokens - part.Tokens);
                foreach (var (state, reservedTokens, reservedCost) in part.Budgets)
                    (state.ReservedTokens, state.ReservedCost) = (state.ReservedTokens - reservedTokens, state.ReservedCost - reservedCost);
                foreach (var state in subject.Budgets.Values)
                    state.Use(tokens, cost);
            }

            ServeWaiting();
        }
    }

    private long Second => FirstSecond + (long)_time.GetElapsedTime(_origin).TotalSeconds;

    private TimeSpan Until(long second) => TimeSpan.FromSeconds(second - FirstSecond) - _time.GetElapsedTime(_origin);

    private CapacitySubject Subject(CapacityLimit limit)
    {
        ref var subject = ref CollectionsMarshal.GetValueRefOrAddDefault(_subjects, (limit.Scope, limit.Name), out _);
        subject ??= new CapacitySubject();
        var found = subject;
        found.Move(limit, Second, _time.GetUtcNow());
        if (_subjects.Count > _sweepAt)
            Sweep();
        return found;
    }

    private CapacityRefusal? Refuse(CapacityDemand demand, CapacityLimit limit, CapacitySubject subject) => subject.Refuse(limit, demand, Until);

    // Nothing is taken before everything fits. What time never mends is told first, then what it mends last.
    private CapacityRefusal? Judge(CapacityDemand demand, out CapacitySubject? inTheWay)
    {
        inTheWay = null;
        CapacityRefusal? worst = null;
        foreach (var limit in demand.Limits)
        {
            var subject = Subject(limit);
            if (Refuse(demand, limit, subject) is not { } refusal)
                continue;
            if (worst is null || (worst.RetryAfter is { } wait && (refusal.RetryAfter is not { } longer || longer > wait)))
                (worst, inTheWay) = (refusal, subject);
        }

        return worst is null ? null : worst with { Standing = Standing(demand.Limits) };
    }

    private LocalLease Take(CapacityDemand demand)
    {
        var parts = new List<LeasedPart>(demand.Limits.Count + 1);
        foreach (var limit in demand.Limits)
            parts.Add(Take(limit, Subject(limit), demand));
        return new LocalLease(this, demand, parts, Standing(demand.Limits));
    }

    private static LeasedPart Take(CapacityLimit limit, CapacitySubject subject, CapacityDemand demand)
    {
        subject.InFlight++;
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
            return new LeasedPart(limit, subject, second, requests, tokens, []);
        var budgets = new (BudgetState, long, decimal)[limit.Budgets.Count];
        for (var i = 0; i < budgets.Length; i++)
        {
            var (budget, state) = (limit.Budgets[i], subject.Budgets[limit.Budgets[i].Per]);
            var reserved = demand.Tokens + (budget.Tokens is { } most ? Math.Clamp(most - state.Tokens - state.ReservedTokens - demand.Tokens, 0, demand.MoreTokens) : 0);
            var cost = demand.Cost + (budget.Cost is { } mostCost ? Math.Clamp(mostCost - state.Cost - state.ReservedCost - demand.Cost, 0, demand.MoreCost) : 0);
            (state.ReservedTokens, state.ReservedCost) = (state.ReservedTokens + reserved, state.ReservedCost + cost);
            budgets[i] = (state, reserved, cost);
        }

        return new LeasedPart(limit, subject, second, requests, tokens, budgets);
    }

    private CapacityStanding Standing(IReadOnlyList<CapacityLimit> limits)
    {
        var standing = default(CapacityStanding);
        foreach (var limit in limits)
        {
            if (limit.Requests is null && limit.Tokens is null)
                continue;
            var subject = Subject(limit);
            if (limit.Requests is { } requests && Math.Max(0, requests - subject.Requests!.Sum) is var left && (standing.RequestLimit is null || left < standing.RequestsLeft))
                standing = standing with { RequestLimit = requests, RequestsLeft = left, RequestReset = Until(subject.Requests.When(0)) };
            if (limit.Tokens is { } tokens && Math.Max(0, tokens - subject.Tokens!.Sum) is var rest && (standing.TokenLimit is null || rest < standing.TokensLeft))
                standing = standing with { TokenLimit = tokens, TokensLeft = rest, TokenReset = Until(subject.Tokens.When(0)) };
        }

        return standing;
    }

    private bool IsLoaded(IReadOnlyList<CapacityLimit> limits)
    {
        foreach (var limit in limits)
        {
            if (limit.Budgets.Count == 0)
                continue;
            var subject = Subject(limit);
            foreach (var budget in limit.Budgets)
            {
                if (!subject.Budgets.ContainsKey(budget.Per))
                    return false;
            }
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
                    if (Subject(limit).Budgets.ContainsKey(budget.Per))
                        continue;
                }

                var now = _time.GetUtcNow();
                var (tokens, cost) = await _spent(limit.Scope, limit.Name, BudgetOptions.Begin(budget.Per, now), cancellationToken);
                lock (_gate)
                {
                    // Another call may have been first, and what it used since is in its count only.
                    if (Subject(limit).Budgets.TryAdd(budget.Per, new BudgetState()))
                        Subject(limit).Budgets[budget.Per].Load(budget.Per, now, tokens, cost);
                }
            }
        }
    }

    private async ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> LoadAndEnterAsync(CapacityDemand demand, CancellationToken cancellationToken)
    {
        await LoadAsync(demand.Limits, cancellationToken);
        ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> entered;
        lock (_gate)
            entered = Enter(demand, cancellationToken);
        return await entered;
    }

    // Subjects that are bound by budgets stay: to load them again costs more than to keep them.
    private void Sweep()
    {
        var second = Second;
        foreach (var (name, subject) in _subjects)
        {
            if (subject.Budgets.Count == 0 && subject.IsIdle(second))
                _subjects.Remove(name);
        }

        _sweepAt = Math.Max(SubjectsToSweep, 2 * _subjects.Count);
    }
}
