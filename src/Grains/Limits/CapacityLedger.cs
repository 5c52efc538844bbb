using AiGateway.Engine;
using AiGateway.Limits;

namespace AiGateway.Grains.Limits;

/// <summary>
/// What of one limit is handed out to whom. What is handed out counts as used, until it is said not to have been: so that the sum never exceeds the limit. Since a
/// process may use it a while later, it counts for as much longer than a minute.
/// </summary>
/// <param name="blocks">How much to hand out.</param>
/// <param name="time">The clock.</param>
internal sealed class CapacityLedger(CapacityBlocks blocks, TimeProvider time)
{
    // So that no second is negative.
    private const long FirstSecond = 1000;

    private readonly Guid _life = Guid.NewGuid();
    private readonly long _origin = time.GetTimestamp();
    private readonly MinuteWindow _requests = new(blocks.Lag);
    private readonly MinuteWindow _tokens = new(blocks.Lag);
    private readonly Dictionary<string, BudgetState> _budgets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Holder> _holders = new(StringComparer.Ordinal);

    private long Second => FirstSecond + (long)time.GetElapsedTime(_origin).TotalSeconds;

    /// <summary>Whether it is known what of a budget was used up before.</summary>
    public bool Knows(string per) => _budgets.ContainsKey(per);

    /// <summary>Begins a budget with what was used up before.</summary>
    public void Load(string per, DateTimeOffset now, long tokens, decimal cost)
    {
        var state = new BudgetState();
        state.Load(per, now, tokens, cost);
        _budgets.Add(per, state);
    }

    /// <summary>Hears a process and hands out to it. All its budgets must be loaded.</summary>
    public CapacityGrant Exchange(CapacityAsk ask)
    {
        var second = Second;
        _requests.Move(second);
        _tokens.Move(second);
        foreach (var budget in ask.Budgets)
            _budgets[budget.Per].Move(budget.Per, time.GetUtcNow());
        ForgetSilent();
        if (!_holders.TryGetValue(ask.Holder, out var holder))
            _holders.Add(ask.Holder, holder = new Holder { UsedTokens = ask.HeardTokens, UsedCost = ask.HeardCost });
        if (ask.Number <= holder.Number)
            return Grant(ask, second, default, [], null);
        Hear(holder, ask);
        if (!ask.Wants)
            return Grant(ask, second, default, [], null);
        return Refuse(ask) is { } denial ? Grant(ask, second, default, [], denial) : HandOut(holder, ask, second);
    }

    private void Hear(Holder holder, CapacityAsk ask)
    {
        (holder.Number, holder.Heard, holder.InFlight) = (ask.Number, time.GetTimestamp(), ask.HeldInFlight);
        foreach (var (at, requests, tokens) in ask.Corrections)
        {
            // What an earlier life handed out is not known here; what was used besides is, all the same.
            var isOfThisLife = ask.Life == _life;
            if (isOfThisLife || requests > 0)
                _requests.Correct(isOfThisLife ? at : Second, requests);
            if (isOfThisLife || tokens > 0)
                _tokens.Correct(isOfThisLife ? at : Second, tokens);
        }

        holder.Budgets.Clear();
        foreach (var budget in ask.Budgets)
            holder.Budgets[budget.Per] = budget.Held;
        foreach (var state in _budgets.Values)
            state.Use(ask.UsedTokens - holder.UsedTokens, ask.UsedCost - holder.UsedCost);
        (holder.UsedTokens, holder.UsedCost) = (ask.UsedTokens, ask.UsedCost);
        SumUp();
    }

    private CapacityDenial? Refuse(CapacityAsk ask)
    {
        if (ask.Requests is { } requests && ask.First.Requests > 0 && _requests.Sum + ask.First.Requests > requests)
            return new((int)CapacityKind.Requests, requests, _requests.Sum, Until(_requests.When(Math.Max(0, requests - ask.First.Requests))));
        if (ask.Tokens is { } tokens && ask.First.Tokens > 0 && _tokens.Sum + ask.First.Tokens > tokens)
            return new((int)CapacityKind.Tokens, tokens, _tokens.Sum, Until(_tokens.When(Math.Max(0, tokens - ask.First.Tokens))));
        if (ask.InFlight is { } most && ask.First.InFlight > 0 && InFlight + ask.First.InFlight > most)
            return new((int)CapacityKind.InFlight, most, InFlight, TimeSpan.Zero);
        foreach (var budget in ask.Budgets)
        {
            var limit = new CapacityBudget(budget.Per, budget.First.Tokens > 0 ? budget.MostTokens : null, budget.First.Cost > 0 ? budget.MostCost : null);
            var demand = new CapacityDemand([]) { Tokens = budget.First.Tokens, Cost = budget.First.Cost };
            if (_budgets[budget.Per].Refuse(new CapacityLimit("", ""), limit, demand) is { } refusal)
                return new((int)refusal.Kind, refusal.Most, refusal.Used, refusal.RetryAfter);
        }

        return null;
    }

    private CapacityGrant HandOut(Holder holder, CapacityAsk ask, long second)
    {
        var granted = new CapacityAmount(
            ask.Requests is { } requests ? Part(ask.All.Requests, requests - _requests.Sum, blocks.OfRequests(requests)) : 0,
            ask.Tokens is { } tokens ? Part(ask.All.Tokens, tokens - _tokens.Sum, blocks.OfTokens(tokens)) : 0,
            ask.InFlight is { } most ? Part(ask.All.InFlight, most - InFlight, blocks.OfRequests(most)) : 0);
        _requests.Add(granted.Requests);
        _tokens.Add(granted.Tokens);
        holder.InFlight += granted.InFlight;
        var budgets = new BudgetAmount[ask.Budgets.Length];
        for (var i = 0; i < budgets.Length; i++)
        {
            var (budget, state) = (ask.Budgets[i], _budgets[ask.Budgets[i].Per]);
            budgets[i] = new BudgetAmount(
                budget.MostTokens is { } mostTokens ? Part(budget.All.Tokens, mostTokens - state.Tokens - state.ReservedTokens, blocks.OfTokens(mostTokens)) : 0,
                budget.MostCost is { } mostCost ? Part(budget.All.Cost, mostCost - state.Cost - state.ReservedCost, blocks.OfCost(mostCost)) : 0);
            holder.Budgets[budget.Per] = new BudgetAmount(budget.Held.Tokens + budgets[i].Tokens, budget.Held.Cost + budgets[i].Cost);
        }

        SumUp();
        return Grant(ask, second, granted, budgets, null);
    }

    private long InFlight => _holders.Values.Sum(holder => holder.InFlight);

    private TimeSpan Until(long second) => TimeSpan.FromSeconds(second - FirstSecond) - time.GetElapsedTime(_origin);

    // What is needed as far as it is there, and of what is left then a block, but half at most.
    private static long Part(long needed, long left, long block) =>
        left <= needed ? Math.Max(0, left) : needed + Math.Min(block, (left - needed) / 2);

    private static decimal Part(decimal needed, decimal left, decimal block) =>
        left <= needed ? Math.Max(0, left) : needed + Math.Min(block, (left - needed) / 2);

    private CapacityGrant Grant(CapacityAsk ask, long second, CapacityAmount granted, BudgetAmount[] budgets, CapacityDenial? denial) => new()
    {
        Life = _life,
        Second = second,
        Granted = granted,
        Budgets = budgets,
        Denial = denial,
        RequestsLeft = Math.Max(0, (ask.Requests ?? 0) - _requests.Sum),
        RequestReset = Until(_requests.When(0)),
        TokensLeft = Math.Max(0, (ask.Tokens ?? 0) - _tokens.Sum),
        TokenReset = Until(_tokens.When(0)),
    };

    private void ForgetSilent()
    {
        foreach (var (name, holder) in _holders)
        {
            if (time.GetElapsedTime(holder.Heard) > blocks.Expiry && holder.Number > 0)
                _holders.Remove(name);
        }

        SumUp();
    }

    private void SumUp()
    {
        foreach (var (per, state) in _budgets)
        {
            (state.ReservedTokens, state.ReservedCost) = (0, 0);
            foreach (var holder in _holders.Values)
            {
                var held = holder.Budgets.GetValueOrDefault(per);
                (state.ReservedTokens, state.ReservedCost) = (state.ReservedTokens + held.Tokens, state.ReservedCost + held.Cost);
            }
        }
    }

    private sealed class Holder
    {
        public long Number { get; set; }

        public long Heard { get; set; }

        public long InFlight { get; set; }

        public long UsedTokens { get; set; }

        public decimal UsedCost { get; set; }

        public Dictionary<string, BudgetAmount> Budgets { get; } = new(StringComparer.Ordinal);
    }
}
