using System.Collections.Frozen;
using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing.Balancing;
using AiGateway.Routing.Health;
using AiGateway.Telemetry;

namespace AiGateway.Routing;

/// <summary>Which provider serves which model: one immutable snapshot of the configuration.</summary>
public sealed class RoutingTable
{
    private readonly ModelPattern[] _patterns;
    private readonly FrozenDictionary<string, ModelRoutes> _routes;
    private readonly Dictionary<ProviderOptions, ProviderState> _providers;
    private readonly Dictionary<(ModelOptions Model, RetryOptions Retry), ModelBalance> _balances;

    private RoutingTable(
        FrozenDictionary<string, ModelRoutes> routes,
        Dictionary<ProviderOptions, ProviderState> providers,
        Dictionary<(ModelOptions Model, RetryOptions Retry), ModelBalance> balances,
        IReadOnlyList<ModelPattern> patterns,
        IReadOnlyList<ModelInfo> models)
    {
        _routes = routes;
        _providers = providers;
        _balances = balances;
        States = [.. providers.Values];
        Providers = [.. States.Select(state => state.Provider)];
        _patterns = [.. patterns];
        Patterns = _patterns;
        Models = models;
    }

    /// <summary>Every provider, in the order configured.</summary>
    public IReadOnlyList<IProvider> Providers { get; }

    /// <summary>Every provider, with how it does.</summary>
    internal IReadOnlyList<ProviderState> States { get; }

    /// <summary>Every name and alias that is configured, without the patterns, in the order configured.</summary>
    public IReadOnlyList<ModelInfo> Models { get; }

    /// <summary>Every pattern, the closest first. What they serve, only their providers know.</summary>
    public IReadOnlyList<ModelPattern> Patterns { get; }

    /// <summary>Finds a model's route: by name or alias, else by the longest pattern.</summary>
    /// <param name="model">The name that the client asked for; case matters.</param>
    /// <returns>The route.</returns>
    /// <exception cref="GatewayException">Nothing serves the name: 404 <c>model_not_found</c>.</exception>
    public Route Resolve(string model) =>
        TryResolve(model) ?? throw new GatewayException(GatewayErrors.ModelNotFound(model));

    /// <summary>Finds a model's route by a provider that is preferred, such as the one that made what the call goes on from; where it does not serve the name, as without.</summary>
    /// <param name="model">The name that the client asked for; case matters.</param>
    /// <param name="preferredProvider">The provider's name, in whatever case; it need not be there any more. Null for none.</param>
    /// <returns>The route.</returns>
    /// <exception cref="GatewayException">Nothing serves the name: 404 <c>model_not_found</c>.</exception>
    public Route Resolve(string model, string? preferredProvider)
    {
        var routes = Find(model, preferredProvider).Routes;
        return routes.FirstOrDefault(route => route.IsOf(preferredProvider)) ?? routes[0];
    }

    /// <summary>Finds a model's route: by name or alias, else by the longest pattern. Of several routes, the first.</summary>
    /// <param name="model">The name that the client asked for; case matters.</param>
    /// <returns>The route; null where nothing serves the name.</returns>
    public Route? TryResolve(string model) => TryFind(model)?.Routes[0];

    /// <summary>Finds a model's routes: by name or alias, else by the longest pattern, or by another pattern where only that leads to the preferred provider.</summary>
    /// <param name="model">The name that the client asked for; case matters.</param>
    /// <param name="preferredProvider">The provider's name, in whatever case; null for none.</param>
    /// <exception cref="GatewayException">Nothing serves the name: 404 <c>model_not_found</c>.</exception>
    internal ModelRoutes Find(string model, string? preferredProvider)
    {
        var routes = TryFind(model) ?? throw new GatewayException(GatewayErrors.ModelNotFound(model));
        if (preferredProvider is null || routes.AreOf(preferredProvider))
            return routes;
        foreach (var pattern in _patterns)
        {
            if (pattern.Match(model) is { } matched && matched.AreOf(preferredProvider))
                return matched;
        }

        return routes;
    }

    private ModelRoutes? TryFind(string model)
    {
        if (_routes.TryGetValue(model, out var routes))
            return routes;
        if (model.Length == 0)
            return null;
        foreach (var pattern in _patterns)
        {
            if (pattern.Match(model) is { } matched)
                return matched;
        }

        return null;
    }

    /// <summary>Makes a table, with the providers of the one before where their settings are the same: they keep their connections, and what is known of their health.</summary>
    internal static RoutingTable Build(
        GatewayOptions options,
        IProviderFactory factory,
        RoutingTable? before,
        long created,
        RandomSource? random = null,
        TimeProvider? time = null,
        GatewayMetrics? metrics = null,
        IHealthBroadcast? broadcast = null)
    {
        (random, time) = (random ?? new RandomSource(), time ?? TimeProvider.System);
        var providers = options.Providers.ToDictionary(
            o => o,
            o => before?._providers.GetValueOrDefault(o) ?? new ProviderState(factory.Create(o), time, metrics, broadcast));
        var byName = providers.ToDictionary(p => p.Key.Name, p => p.Value, StringComparer.OrdinalIgnoreCase);

        var balances = new Dictionary<(ModelOptions, RetryOptions), ModelBalance>();
        var routes = new Dictionary<string, ModelRoutes>(StringComparer.Ordinal);
        var patterns = new List<ModelPattern>();
        var models = new List<ModelInfo>();
        foreach (var model in options.Models)
        {
            var balance = BalanceOf(model, model.Retry ?? options.Retry);
            var ways = RouteTemplate.Of(model, byName, balance);
            if (model.Name.EndsWith('*'))
            {
                patterns.Add(new ModelPattern(model.Name, ways, balance));
                continue;
            }

            foreach (var name in model.Aliases.Prepend(model.Name))
            {
                routes.Add(name, new ModelRoutes([.. ways.Select(way => way.To(name, way.RewriteTo ?? model.Name))], balance));
                models.Add(new ModelInfo(name, created, ways[0].State.Name));
            }
        }

        return new RoutingTable(
            routes.ToFrozenDictionary(StringComparer.Ordinal),
            providers,
            balances,
            [.. patterns.OrderByDescending(p => p.Length)],
            models);

        // A model with one way, that is not to be tried again, needs none of it.
        ModelBalance? BalanceOf(ModelOptions model, RetryOptions retry)
        {
            var hasBreaker = model.Routes.Count == 0 && byName[model.Provider].Provider.Options.Breaker is not null;
            if (model.Routes.Count < 2 && retry.MaxRetries == 0 && !hasBreaker && !model.Routes.Any(r => byName[r.Provider].Provider.Options.Breaker is not null))
                return null;
            var key = (model, retry);
            return balances[key] = before?._balances.GetValueOrDefault(key) ?? new ModelBalance(model, retry, random, time);
        }
    }
}
