using AiGateway.Engine;

namespace AiGateway.Limits;

/// <summary>What one key, tenant, model or provider has of its limits now. Under the lock of <see cref="LocalCapacity"/>.</summary>
internal sealed class CapacitySubject
{
    private readonly Dictionary<string, BudgetState> _budgets = new(StringComparer.Ordinal);
    private CapacityLimit? _limit;
    private BudgetState[]? _ofLimit;

    public MinuteWindow? Requests { get; private set; }

    public MinuteWindow? Tokens { get; private set; }

    public long InFlight { get; set; }

    /// <summary>Whether any budget of it was asked for.</summary>
    public bool HasBudgets => _budgets.Count > 0;

    /// <summary>How many waiting calls this holds up: who comes later waits behind them.</summary>
    public int Waiting { get; set; }

    /// <summary>When it was last asked for, in seconds.</summary>
    public long UsedAt { get; private set; }

    /// <summary>Whether nothing is remembered of it that counts.</summary>
    public bool IsIdle(long second) => InFlight == 0 && Waiting == 0 && second - UsedAt > 120 && _budgets.Values.All(b => b is { ReservedTokens: 0, ReservedCost: 0 });

    /// <summary>Forgets what is over, and goes by a limit from here on.</summary>
    public void Move(CapacityLimit limit, in CapacityMoment now)
    {
        if (now.Second != UsedAt || !ReferenceEquals(limit, _limit))
            MoveWindows(limit, now.Second);
        if (BudgetsOf(limit) is { } states)
        {
            for (var i = 0; i < states.Length; i++)
                states[i].Move(limit.Budgets[i].Per, now.Now);
        }
    }

    /// <summary>How the budgets of a limit stand, in its order; null where one of them is still to be loaded.</summary>
    public BudgetState[]? BudgetsOf(CapacityLimit limit)
    {
        if (_ofLimit is not null && ReferenceEquals(limit, _limit))
            return _ofLimit;
        var states = limit.Budgets.Count == 0 ? [] : new BudgetState[limit.Budgets.Count];
        for (var i = 0; i < states.Length; i++)
        {
            if (!_budgets.TryGetValue(limit.Budgets[i].Per, out var state))
                return null;
            states[i] = state;
        }

        _limit = limit;
        return _ofLimit = states;
    }

    /// <summary>Whether a budget is loaded.</summary>
    public bool Has(CapacityBudget budget) => _budgets.ContainsKey(budget.Per);

    /// <summary>Begins a budget, where it has not begun.</summary>
    public void Load(CapacityBudget budget, DateTimeOffset now, long tokens, decimal cost)
    {
        if (_budgets.TryAdd(budget.Per, new BudgetState()))
            _budgets[budget.Per].Load(budget.Per, now, tokens, cost);
    }

    /// <summary>Notes what was used up, in every budget: also in those of other settings than a call began with.</summary>
    public void Use(long tokens, decimal cost)
    {
        foreach (var (_, state) in _budgets)
            state.Use(tokens, cost);
    }

    /// <summary>Why a demand is refused; null where it fits. What is needed of budgets is loaded.</summary>
    public CapacityRefusal? Refuse(CapacityLimit limit, CapacityDemand demand, in CapacityMoment now)
    {
        if (limit.Requests is { } requests && demand.CountsRequest && Requests!.Sum + 1 > requests)
            return new(limit, CapacityKind.Requests, requests, Requests.Sum, 1, requests == 0 ? null : now.Until(Requests.When(requests - 1)));
        if (limit.Tokens is { } tokens && (Tokens!.Sum + demand.Tokens > tokens || tokens == 0 || Tokens.Sum >= tokens))
        {
            var left = Math.Min(tokens - demand.Tokens, tokens - 1);
            return new(limit, CapacityKind.Tokens, tokens, Tokens.Sum, demand.Tokens, left < 0 ? null : now.Until(Tokens.When(left)));
        }

        if (demand.TakesPlace && limit.InFlight is { } inFlight && InFlight + 1 > inFlight)
            return new(limit, CapacityKind.InFlight, inFlight, InFlight, 1, inFlight == 0 ? null : TimeSpan.Zero);
        var states = BudgetsOf(limit)!;
        for (var i = 0; i < states.Length; i++)
        {
            if (states[i].Refuse(limit, limit.Budgets[i], demand) is { } refusal)
                return refusal;
        }

        return null;
    }

    private void MoveWindows(CapacityLimit limit, long second)
    {
        if (!ReferenceEquals(limit, _limit))
            (_limit, _ofLimit) = (limit, null);
        UsedAt = second;
        if (limit.Requests is not null)
            (Requests ??= new MinuteWindow()).Move(second);
        else
            Requests = null;
        if (limit.Tokens is not null)
            (Tokens ??= new MinuteWindow()).Move(second);
        else
            Tokens = null;
    }
}
