using AiGateway.Engine;

namespace AiGateway.Limits;

/// <summary>What one key, tenant, model or provider has of its limits now. Under the lock of <see cref="LocalCapacity"/>.</summary>
internal sealed class CapacitySubject
{
    public MinuteWindow? Requests { get; private set; }

    public MinuteWindow? Tokens { get; private set; }

    public long InFlight { get; set; }

    public Dictionary<string, BudgetState> Budgets { get; } = new(StringComparer.Ordinal);

    /// <summary>How many waiting calls this holds up: who comes later waits behind them.</summary>
    public int Waiting { get; set; }

    /// <summary>When it was last asked for, in seconds.</summary>
    public long UsedAt { get; private set; }

    /// <summary>Whether nothing is remembered of it that counts.</summary>
    public bool IsIdle(long second) => InFlight == 0 && Waiting == 0 && second - UsedAt > 120 && Budgets.Values.All(b => b is { ReservedTokens: 0, ReservedCost: 0 });

    public void Move(CapacityLimit limit, long second, DateTimeOffset now)
    {
        UsedAt = second;
        if (limit.Requests is not null)
            (Requests ??= new MinuteWindow()).Move(second);
        else
            Requests = null;
        if (limit.Tokens is not null)
            (Tokens ??= new MinuteWindow()).Move(second);
        else
            Tokens = null;
        foreach (var budget in limit.Budgets)
        {
            if (Budgets.TryGetValue(budget.Per, out var state))
                state.Move(budget.Per, now);
        }
    }

    /// <summary>Why a demand is refused; null where it fits.</summary>
    public CapacityRefusal? Refuse(CapacityLimit limit, CapacityDemand demand, Func<long, TimeSpan> until)
    {
        if (limit.Requests is { } requests && demand.CountsRequest && Requests!.Sum + 1 > requests)
            return new(limit, CapacityKind.Requests, requests, Requests.Sum, 1, requests == 0 ? null : until(Requests.When(requests - 1)));
        if (limit.Tokens is { } tokens && (Tokens!.Sum + demand.Tokens > tokens || tokens == 0 || Tokens.Sum >= tokens))
        {
            var left = Math.Min(tokens - demand.Tokens, tokens - 1);
            return new(limit, CapacityKind.Tokens, tokens, Tokens.Sum, demand.Tokens, left < 0 ? null : until(Tokens.When(left)));
        }

        if (limit.InFlight is { } inFlight && InFlight + 1 > inFlight)
            return new(limit, CapacityKind.InFlight, inFlight, InFlight, 1, inFlight == 0 ? null : TimeSpan.Zero);
        foreach (var budget in limit.Budgets)
        {
            if (Budgets[budget.Per].Refuse(limit, budget, demand) is { } refusal)
                return refusal;
        }

        return null;
    }
}
