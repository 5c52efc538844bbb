using AiGateway.Engine;
using AiGateway.Limits;

namespace AiGateway.Grains.Limits;

/// <summary>What this process has of one limit of the cluster's. Under the lock of <see cref="ClusterCapacity"/>.</summary>
internal sealed partial class CapacityShare
{
    // A budget that is used up refuses even who asks for nothing.
    private const decimal LeastCost = 0.000000001m;

    private readonly CapacityBlocks _blocks;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly List<Lot> _lots = [];
    private readonly Dictionary<string, BudgetHold> _budgets = new(StringComparer.Ordinal);
    private readonly List<CapacityCorrection> _corrections = [];

    // What calls took here: to tell a grain that comes up anew and knows of nothing.
    private readonly MinuteWindow _tookRequests;
    private readonly MinuteWindow _tookTokens;
    private long _inUse;
    private long _spareInFlight;

    // Of those in use, those that take no place in flight.
    private int _placeless;
    private long _sparedAt;
    private long _usedTokens;
    private decimal _usedCost;

    public CapacityShare(CapacityLimit limit, CapacityBlocks blocks, TimeProvider time)
    {
        (Limit, _blocks, _time) = (limit, blocks, time);
        (_tookRequests, _tookTokens) = (new MinuteWindow(blocks.Lag), new MinuteWindow(blocks.Lag));
        _origin = time.GetTimestamp();
    }

    public CapacityLimit Limit { get; private set; }

    /// <summary>Whether something was freed here of which the grain was not told yet.</summary>
    public bool HasNews { get; private set; }

    private long SpareRequests => _lots.Sum(static lot => lot.Requests);

    private long SpareTokens => _lots.Sum(static lot => lot.Tokens);

    /// <summary>What was handed out and no call uses now: requests and tokens of this minute, places in flight, tokens of budgets.</summary>
    public (long Requests, long Tokens, long InFlight, long BudgetTokens) Slack => (SpareRequests, SpareTokens, _spareInFlight, _budgets.Values.Sum(static hold => hold.SpareTokens));

    /// <summary>Goes by the limit as it is now; lets go what was held for too long.</summary>
    public void Move(CapacityLimit limit)
    {
        Limit = limit;
        foreach (var budget in limit.Budgets)
        {
            if (!_budgets.ContainsKey(budget.Per))
                _budgets.Add(budget.Per, new BudgetHold());
        }

        while (_lots.Count > 0 && IsOver(_lots[0].Since))
        {
            _corrections.Add(new CapacityCorrection(_lots[0].Second, -_lots[0].Requests, -_lots[0].Tokens));
            _lots.RemoveAt(0);
        }

        // Neither what no call took for a while, nor what the grain may have given to others meanwhile.
        if (IsOver(_sparedAt) || IsOver(_askedAt))
            LetGoSpare();
        var second = (long)_time.GetElapsedTime(_origin).TotalSeconds;
        _tookRequests.Move(second);
        _tookTokens.Move(second);
    }

    /// <summary>Whether a call can be served from what is here.</summary>
    /// <param name="demand">The call.</param>
    /// <param name="isAll">Whether there is no more to be had: then it need not be as much as the call would reserve.</param>
    public bool Fits(CapacityDemand demand, bool isAll)
    {
        if (Limit.Requests is not null && demand.CountsRequest && SpareRequests < 1)
            return false;
        if (demand.TakesPlace && Limit.InFlight is not null && _spareInFlight < 1)
            return false;
        if (Limit.Tokens is not null && SpareTokens < NeedTokens(demand) + (isAll ? 0 : demand.MoreTokens))
            return false;
        foreach (var budget in Limit.Budgets)
        {
            var hold = _budgets[budget.Per];
            if (budget.Tokens is not null && hold.SpareTokens < NeedTokens(demand) + (isAll ? 0 : demand.MoreTokens))
                return false;
            if (budget.Cost is not null && hold.SpareCost < NeedCost(demand) + (isAll ? 0 : demand.MoreCost))
                return false;
        }

        return true;
    }

    /// <summary>Takes what a call needs, and that fits.</summary>
    public SharePart Take(CapacityDemand demand)
    {
        _inUse++;
        _sparedAt = _time.GetTimestamp();
        var hasPlace = demand.TakesPlace && Limit.InFlight is not null;
        if (hasPlace)
            _spareInFlight--;
        if (!demand.TakesPlace)
            _placeless++;
        var requests = Limit.Requests is not null && demand.CountsRequest ? 1 : 0;
        var tokens = Limit.Tokens is not null ? demand.Tokens + Math.Clamp(SpareTokens - demand.Tokens, 0, demand.MoreTokens) : 0;
        var second = Draw(requests, tokens);
        _tookRequests.Add(requests);
        _tookTokens.Add(tokens);
        var budgets = new (BudgetHold, long, decimal)[Limit.Budgets.Count];
        for (var i = 0; i < budgets.Length; i++)
        {
            var (budget, hold) = (Limit.Budgets[i], _budgets[Limit.Budgets[i].Per]);
            var reserved = budget.Tokens is not null ? demand.Tokens + Math.Clamp(hold.SpareTokens - demand.Tokens, 0, demand.MoreTokens) : 0;
            var cost = budget.Cost is not null ? demand.Cost + Math.Clamp(hold.SpareCost - demand.Cost, 0, demand.MoreCost) : 0;
            (hold.SpareTokens, hold.SpareCost) = (hold.SpareTokens - reserved, hold.SpareCost - cost);
            (hold.ReservedTokens, hold.ReservedCost) = (hold.ReservedTokens + reserved, hold.ReservedCost + cost);
            budgets[i] = (hold, reserved, cost);
        }

        return new SharePart(Limit, this, _life, second, requests, tokens, hasPlace, !demand.TakesPlace, budgets);
    }

    /// <summary>Frees what a call took.</summary>
    public void Free(in SharePart part, long tokens, decimal cost, bool giveBack)
    {
        _inUse--;
        if (part.IsPlaceless)
            _placeless--;
        if (part.HasPlace && _spareInFlight < _blocks.OfRequests(Limit.InFlight ?? 0))
            (_spareInFlight, _sparedAt) = (_spareInFlight + 1, _time.GetTimestamp());
        var requests = giveBack ? -part.Requests : 0;
        var more = part.Limit.Tokens is null ? 0 : tokens - part.Tokens;
        if (part.Life == _life)
            Correct(part.Second, requests, more);
        else if (more > 0)
            Correct(_second, 0, more);
        foreach (var (hold, reservedTokens, reservedCost) in part.Budgets)
            (hold.ReservedTokens, hold.ReservedCost) = (hold.ReservedTokens - reservedTokens, hold.ReservedCost - reservedCost);
        (_usedTokens, _usedCost) = (_usedTokens + tokens, _usedCost + cost);
        HasNews = true;
    }

    /// <summary>Lets go what no call needs now, of limits of which nothing is held in advance.</summary>
    public void LetGoExact()
    {
        var (requests, tokens) = (_blocks.OfRequests(Limit.Requests ?? 0) == 0, _blocks.OfTokens(Limit.Tokens ?? 0) == 0);
        for (var i = _lots.Count - 1; i >= 0; i--)
        {
            var lot = _lots[i];
            Correct(lot.Second, requests ? -lot.Requests : 0, tokens ? -lot.Tokens : 0);
            HasNews |= (requests && lot.Requests > 0) || (tokens && lot.Tokens > 0);
            _lots[i] = lot with { Requests = requests ? 0 : lot.Requests, Tokens = tokens ? 0 : lot.Tokens };
            if (_lots[i] is { Requests: 0, Tokens: 0 })
                _lots.RemoveAt(i);
        }

        if (_blocks.OfRequests(Limit.InFlight ?? 0) == 0)
        {
            HasNews |= _spareInFlight > 0;
            _spareInFlight = 0;
        }

        foreach (var budget in Limit.Budgets)
        {
            var hold = _budgets[budget.Per];
            var (noTokens, noCost) = (_blocks.OfTokens(budget.Tokens ?? 0) == 0, _blocks.OfCost(budget.Cost ?? 0) == 0);
            HasNews |= (noTokens && hold.SpareTokens > 0) || (noCost && hold.SpareCost > 0);
            (hold.SpareTokens, hold.SpareCost) = (noTokens ? 0 : hold.SpareTokens, noCost ? 0 : hold.SpareCost);
        }
    }

    /// <summary>Gives everything back that no call uses: the process stops.</summary>
    public void LetGoAll()
    {
        foreach (var lot in _lots)
            Correct(lot.Second, -lot.Requests, -lot.Tokens);
        _lots.Clear();
        LetGoSpare();
    }

    private static long NeedTokens(CapacityDemand demand) => Math.Max(1, demand.Tokens);

    private static decimal NeedCost(CapacityDemand demand) => Math.Max(LeastCost, demand.Cost);

    private bool IsOver(long since) => _time.GetElapsedTime(since) > _blocks.Hold;

    private void LetGoSpare()
    {
        HasNews |= _spareInFlight > 0 || _budgets.Values.Any(static hold => hold is not { SpareTokens: 0, SpareCost: 0 });
        _spareInFlight = 0;
        foreach (var hold in _budgets.Values)
            (hold.SpareTokens, hold.SpareCost) = (0, 0);
    }

    private void Correct(long second, long requests, long tokens)
    {
        if (requests != 0 || tokens != 0)
            _corrections.Add(new CapacityCorrection(second, requests, tokens));
    }

    // From the oldest on. What is corrected later is so at the oldest's second: then never too much is free.
    private long Draw(long requests, long tokens)
    {
        var second = _lots.Count > 0 ? _lots[0].Second : _second;
        for (var i = 0; i < _lots.Count && (requests > 0 || tokens > 0); i++)
        {
            var lot = _lots[i];
            var (r, t) = (Math.Min(requests, lot.Requests), Math.Min(tokens, lot.Tokens));
            (requests, tokens) = (requests - r, tokens - t);
            _lots[i] = lot with { Requests = lot.Requests - r, Tokens = lot.Tokens - t };
        }

        _lots.RemoveAll(static lot => lot is { Requests: 0, Tokens: 0 });
        return second;
    }

    /// <summary>What was handed out at a time.</summary>
    /// <param name="Second">The grain's second.</param>
    /// <param name="Since">When it was asked for.</param>
    /// <param name="Requests">Requests left of it.</param>
    /// <param name="Tokens">Tokens left of it.</param>
    private readonly record struct Lot(long Second, long Since, long Requests, long Tokens);
}

/// <summary>What this process holds of a budget: for calls that are served, and for the next ones.</summary>
internal sealed class BudgetHold
{
    public long SpareTokens { get; set; }

    public decimal SpareCost { get; set; }

    public long ReservedTokens { get; set; }

    public decimal ReservedCost { get; set; }
}

/// <summary>What a call took of one limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Share">Where it was taken from.</param>
/// <param name="Life">The grain's life that <paramref name="Second"/> is of.</param>
/// <param name="Second">When it was handed out.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="Tokens">How many tokens, of the limit per minute.</param>
/// <param name="HasPlace">Whether it has a place among those in flight.</param>
/// <param name="IsPlaceless">Whether it takes none, whatever the limit.</param>
/// <param name="Budgets">How much of each budget.</param>
internal readonly record struct SharePart(
    CapacityLimit Limit, CapacityShare Share, Guid Life, long Second, long Requests, long Tokens, bool HasPlace, bool IsPlaceless, (BudgetHold Hold, long Tokens, decimal Cost)[] Budgets);
