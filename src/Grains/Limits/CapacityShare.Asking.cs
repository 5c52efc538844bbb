using AiGateway.Engine;

namespace AiGateway.Grains.Limits;

/// <summary>What a process tells the limit's grain, and is told.</summary>
internal sealed partial class CapacityShare
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RefusalsHold = TimeSpan.FromMilliseconds(100);

    private CapacityDemand? _first;
    private CapacityAmount _all;
    private decimal _allCost;
    private CapacityDemand? _denied;
    private CapacityGrant? _answer;
    private long _answered;
    private long _askedUpTo;
    private long _askedAt;
    private Guid _life;
    private long _second;
    private long _heardTokens;
    private decimal _heardCost;

    /// <summary>Whether an answer is awaited.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>What the last asking failed with, and up to which call that counts.</summary>
    public (Exception Error, long UpTo)? Failure { get; private set; }

    /// <summary>Whether calls here want something of the grain.</summary>
    public bool HasWants => _first is not null;

    /// <summary>Whether so little is left that more is asked for before it is needed.</summary>
    public bool IsLow =>
        (Limit.Requests is { } requests && _blocks.OfRequests(requests) is > 0 and var block && _lots.Count > 0 && SpareRequests < block / 4 && _answer?.RequestsLeft > block)
        || (Limit.Tokens is { } tokens && _blocks.OfTokens(tokens) is > 0 and var tokenBlock && _lots.Count > 0 && SpareTokens < tokenBlock / 4 && _answer?.TokensLeft > tokenBlock);

    /// <summary>Whether the grain must hear of this now and then.</summary>
    public bool IsInUse => HasNews || _inUse > 0 || _lots.Count > 0 || _spareInFlight > 0 || _corrections.Count > 0 || _usedTokens != _heardTokens || _usedCost != _heardCost
        || _tookRequests.Sum > 0 || _tookTokens.Sum > 0 || _budgets.Values.Any(hold => hold is not { SpareTokens: 0, SpareCost: 0 });

    /// <summary>How long ago the grain was asked what it answered.</summary>
    public TimeSpan SinceAsked => _time.GetElapsedTime(_askedAt);

    /// <summary>Begins to find out anew what is wanted.</summary>
    public void ForgetWants() => (_first, _all, _allCost) = (null, default, 0);

    /// <summary>Notes that a call needs something that is not here.</summary>
    public void Want(CapacityDemand demand)
    {
        _first ??= demand;
        _all = new CapacityAmount(
            _all.Requests + (demand.CountsRequest ? 1 : 0), _all.Tokens + NeedTokens(demand) + demand.MoreTokens, _all.InFlight + (demand.TakesPlace ? 1 : 0));
        _allCost += NeedCost(demand) + demand.MoreCost;
    }

    /// <summary>Whether the grain has said, for a call, that there is no more.</summary>
    /// <param name="demand">The call.</param>
    /// <param name="ticket">Its number.</param>
    /// <param name="mayWait">Whether it waits: then what was freed here meanwhile is told the grain first.</param>
    public bool IsAnswered(CapacityDemand demand, long ticket, bool mayWait)
    {
        if (_answer is null || (mayWait && HasNews))
            return false;
        if (_answered < ticket && !(_blocks.Any && !HasNews && _denied is not null && _time.GetElapsedTime(_askedAt) < RefusalsHold))
            return false;
        return _denied is null
            ? _answered >= ticket
            : NeedTokens(demand) >= NeedTokens(_denied) && NeedCost(demand) >= NeedCost(_denied) && (demand.CountsRequest || !_denied.CountsRequest) && (demand.TakesPlace || !_denied.TakesPlace);
    }

    /// <summary>Why a call is refused; null where the grain did not refuse.</summary>
    public CapacityRefusal? Refusal(CapacityDemand demand)
    {
        if (_answer?.Denial is not { } denial || _denied is null)
            return null;
        var kind = (CapacityKind)denial.Kind;
        var (own, asked, never) = kind switch
        {
            CapacityKind.Requests => (SpareRequests, 1m, Limit.Requests == 0),
            CapacityKind.Tokens => (SpareTokens, demand.Tokens, NeedTokens(demand) > Limit.Tokens),
            CapacityKind.InFlight => (_spareInFlight, 1m, Limit.InFlight == 0),
            CapacityKind.BudgetTokens => (_budgets.Values.Max(static hold => hold.SpareTokens), demand.Tokens, denial.RetryAfter is null),
            _ => (_budgets.Values.Max(static hold => hold.SpareCost), demand.Cost, denial.RetryAfter is null),
        };
        return new CapacityRefusal(Limit, kind, denial.Most, Math.Max(0, denial.Used - own), asked, never ? null : denial.RetryAfter);
    }

    /// <summary>How long until it is of use to ask again.</summary>
    public TimeSpan Pause
    {
        get
        {
            var pause = _answer?.Denial?.RetryAfter is { } wait && wait > TimeSpan.Zero ? wait < LongestPause ? wait : LongestPause : _blocks.Poll;
            return pause - _time.GetElapsedTime(_askedAt);
        }
    }

    /// <summary>Narrows what is said to be left to what is left of this.</summary>
    public CapacityStanding Narrow(CapacityStanding standing)
    {
        if (Limit.Requests is { } requests && (_answer?.RequestsLeft ?? 0) + SpareRequests is var left && (standing.RequestLimit is null || left < standing.RequestsLeft))
            standing = standing with { RequestLimit = requests, RequestsLeft = left, RequestReset = Positive(_answer?.RequestReset) };
        if (Limit.Tokens is { } tokens && (_answer?.TokensLeft ?? 0) + SpareTokens is var rest && (standing.TokenLimit is null || rest < standing.TokensLeft))
            standing = standing with { TokenLimit = tokens, TokensLeft = rest, TokenReset = Positive(_answer?.TokenReset) };
        return standing;

        TimeSpan Positive(TimeSpan? reset) => reset - _time.GetElapsedTime(_askedAt) is { } time && time > TimeSpan.Zero ? time : TimeSpan.Zero;
    }

    /// <summary>Makes what is to be sent.</summary>
    /// <param name="holder">This process.</param>
    /// <param name="number">Its message's number.</param>
    /// <param name="upTo">The last call that came.</param>
    /// <param name="more">Whether something is asked for even if no call waits for it.</param>
    public CapacityAsk Ask(string holder, long number, long upTo, bool more)
    {
        Move(Limit);
        (IsAsking, HasNews, _asked, _askedUpTo, _sentAt) = (true, false, _first, upTo, _time.GetTimestamp());
        _sent.Clear();
        _sent.AddRange(_corrections);
        _corrections.Clear();
        (_sentTokens, _sentCost) = (_usedTokens, _usedCost);
        var first = _first;
        return new CapacityAsk
        {
            Holder = holder,
            Number = number,
            Life = _life,
            Requests = Limit.Requests,
            Tokens = Limit.Tokens,
            InFlight = Limit.InFlight,
            Wants = first is not null || more,
            First = first is null ? default : new CapacityAmount(
                Limit.Requests is null || !first.CountsRequest ? 0 : Math.Max(0, 1 - SpareRequests),
                Limit.Tokens is null ? 0 : Math.Max(0, NeedTokens(first) - SpareTokens),
                Limit.InFlight is null || !first.TakesPlace ? 0 : Math.Max(0, 1 - _spareInFlight)),
            All = new CapacityAmount(
                Math.Max(0, _all.Requests - SpareRequests), Math.Max(0, _all.Tokens - SpareTokens), Math.Max(0, _all.InFlight - _spareInFlight)),
            HeldInFlight = Limit.InFlight is null ? 0 : _inUse - _placeless + _spareInFlight,
            Budgets = [.. Limit.Budgets.Select(budget => Ask(budget, _budgets[budget.Per], first))],
            Corrections = [.. _sent],
            UsedTokens = _usedTokens,
            UsedCost = _usedCost,
            HeardTokens = _heardTokens,
            HeardCost = _heardCost,
        };
    }

    /// <summary>Takes in what was handed out.</summary>
    public void Answer(CapacityGrant grant)
    {
        IsAsking = false;
        (_heardTokens, _heardCost) = (_sentTokens, _sentCost);
        if (grant.Life != _life)
        {
            // A grain that came up anew hears what was taken of its limit in the last minute; what the earlier one handed out is used no more.
            if (_life != Guid.Empty)
            {
                Correct(grant.Second, _tookRequests.Sum, _tookTokens.Sum);
                HasNews = true;
            }

            _lots.Clear();
            _life = grant.Life;
        }

        _second = grant.Second;
        if (grant.Granted.Requests > 0 || grant.Granted.Tokens > 0)
            _lots.Add(new Lot(grant.Second, _sentAt, grant.Granted.Requests, grant.Granted.Tokens));
        _spareInFlight += grant.Granted.InFlight;
        _sparedAt = _asked is null ? _sparedAt : _sentAt;
        for (var i = 0; i < grant.Budgets.Length && i < Limit.Budgets.Count; i++)
        {
            var hold = _budgets[Limit.Budgets[i].Per];
            (hold.SpareTokens, hold.SpareCost) = (hold.SpareTokens + grant.Budgets[i].Tokens, hold.SpareCost + grant.Budgets[i].Cost);
        }

        (_answer, _askedAt, _denied) = (grant, _sentAt, grant.Denial is null ? null : _asked);
        _answered = _asked is null ? _answered : _askedUpTo;
        Failure = null;
    }

    /// <summary>Notes that no answer came. What may have been handed out is not used; what was given back may not have been heard and is not said again.</summary>
    public void Fail(Exception error)
    {
        IsAsking = false;
        Failure = (error, _askedUpTo);
        foreach (var (_, _, tokens) in _sent)
            Correct(_second, 0, Math.Max(0, tokens));
    }

    private static BudgetAsk Ask(CapacityBudget budget, BudgetHold hold, decimal allCost, long allTokens, CapacityDemand? first) => new(
        budget.Per,
        budget.Tokens,
        budget.Cost,
        new BudgetAmount(hold.SpareTokens + hold.ReservedTokens, hold.SpareCost + hold.ReservedCost),
        first is null ? default : new BudgetAmount(
            budget.Tokens is null ? 0 : Math.Max(0, NeedTokens(first) - hold.SpareTokens), budget.Cost is null ? 0 : Math.Max(0, NeedCost(first) - hold.SpareCost)),
        new BudgetAmount(Math.Max(0, allTokens - hold.SpareTokens), Math.Max(0, allCost - hold.SpareCost)));

    private BudgetAsk Ask(CapacityBudget budget, BudgetHold hold, CapacityDemand? first) => Ask(budget, hold, _allCost, _all.Tokens, first);

    private readonly List<CapacityCorrection> _sent = [];
    private CapacityDemand? _asked;
    private long _sentAt;
    private long _sentTokens;
    private decimal _sentCost;
}
