using AiGateway.Protocol;
using AiGateway.Routing.Failover;
using Polly;

namespace AiGateway.Routing.Balancing;

/// <summary>Puts a model's routes in the order in which a call tries them. What it learned stays through reloads that do not change the model.</summary>
internal sealed class ModelBalance
{
    // One call in so many goes where nobody looked for the longest time: a route that was slow once would otherwise stay slow for ever.
    private const int LookAgain = 16;

    private readonly RouteStrategy _strategy;
    private readonly RandomSource _random;
    private readonly TimeProvider _time;
    private uint _turn = uint.MaxValue;

    public ModelBalance(ModelOptions model, RetryOptions retry, RandomSource random, TimeProvider time)
    {
        _strategy = RouteStrategies.Find(model.Strategy) ?? RouteStrategy.Priority;
        _random = random;
        _time = time;
        Retry = retry;
        Rounds = RetryPipeline.Build(retry, random, time);
        Stats = model.Routes.Count == 0 ? [new RouteStats(1, 0)] : [.. model.Routes.Select(r => new RouteStats(r.Weight, r.Priority))];
    }

    /// <summary>How failed calls are tried again.</summary>
    public RetryOptions Retry { get; }

    /// <summary>Tries all routes once more after a pause; null where each is tried once only.</summary>
    public ResiliencePipeline<Round>? Rounds { get; }

    /// <summary>What is known of each route, in the order configured.</summary>
    public RouteStats[] Stats { get; }

    /// <summary>Orders routes: the preferred provider's first; then those that are up, by priority and strategy; last those that are down or rest.</summary>
    /// <param name="routes">The model's routes, as configured.</param>
    /// <param name="api">The API called: a route that cannot serve it is left out.</param>
    /// <param name="preferred">The provider that should serve; null for none.</param>
    public Route[] Order(IReadOnlyList<Route> routes, ApiKind api, string? preferred)
    {
        var now = _time.GetUtcNow();
        var turn = Interlocked.Increment(ref _turn);
        var ranked = new List<Ranked>(routes.Count);
        for (var i = 0; i < routes.Count; i++)
        {
            var route = routes[i];
            if (!route.Serves(api))
                continue;
            var isUp = route.State!.IsUp(now) && route.Stats!.RestsUntil <= now;
            ranked.Add(new Ranked(route, route.IsOf(preferred), isUp, i));
        }

        for (var i = 0; i < ranked.Count; i++)
            ranked[i] = ranked[i] with { Key = Key(ranked, i, turn) };
        if (_strategy == RouteStrategy.LowestLatency && turn % LookAgain == LookAgain - 1)
            LookAgainAtOne(ranked);
        ranked.Sort();
        return [.. ranked.Select(r => r.Route)];
    }

    private double Key(List<Ranked> ranked, int at, uint turn)
    {
        var route = ranked[at].Route;
        return _strategy switch
        {
            RouteStrategy.RoundRobin => Turn(ranked, at, turn),
            RouteStrategy.Weighted => Lot(route.Stats!.Weight),
            RouteStrategy.LeastInFlight => route.State!.InFlight + (Turn(ranked, at, turn) / (ranked.Count + 1)),
            RouteStrategy.LowestLatency => route.Stats!.Latency,
            _ => 0,
        };
    }

    // Only those take turns that are alike: else the one behind a route that is down would get its share too.
    private static double Turn(List<Ranked> ranked, int at, uint turn)
    {
        var (before, count) = (0, 0);
        for (var i = 0; i < ranked.Count; i++)
        {
            if (!ranked[i].IsLike(ranked[at]))
                continue;
            count++;
            before += i < at ? 1 : 0;
        }

        var first = (int)(turn % (uint)count);
        return (before - first + count) % count;
    }

    // A race of exponential clocks: who comes first comes so with the probability of its weight, and so on for those behind.
    private double Lot(int weight) => weight == 0 ? double.MaxValue : -Math.Log(1 - _random.Next()) / weight;

    private static void LookAgainAtOne(List<Ranked> ranked)
    {
        var first = ranked.Where(r => r.IsUp).Select(r => (int?)r.Route.Stats!.Priority).Min();
        var oldest = ranked.Where(r => r.IsUp && r.Route.Stats!.Priority == first).MinBy(r => r.Route.Stats!.MeasuredAt);
        if (oldest.Route is not null)
            ranked[ranked.IndexOf(oldest)] = oldest with { Key = -1 };
    }

    private readonly record struct Ranked(Route Route, bool IsPreferred, bool IsUp, int Place) : IComparable<Ranked>
    {
        public double Key { get; init; }

        public bool IsLike(Ranked other) => IsUp == other.IsUp && Route.Stats!.Priority == other.Route.Stats!.Priority;

        public int CompareTo(Ranked other)
        {
            var order = other.IsPreferred.CompareTo(IsPreferred);
            order = order != 0 ? order : other.IsUp.CompareTo(IsUp);
            order = order != 0 ? order : Route.Stats!.Priority.CompareTo(other.Route.Stats!.Priority);
            order = order != 0 ? order : Key.CompareTo(other.Key);
            return order != 0 ? order : Place.CompareTo(other.Place);
        }
    }
}
