using System.Collections.Frozen;
using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Routing;

/// <summary>Which provider serves which model: one immutable snapshot of the configuration.</summary>
public sealed class RoutingTable
{
    private readonly FrozenDictionary<string, Route> _routes;
    private readonly Dictionary<ProviderOptions, IProvider> _providers;

    private RoutingTable(
        FrozenDictionary<string, Route> routes,
        Dictionary<ProviderOptions, IProvider> providers,
        IReadOnlyList<ModelPattern> patterns,
        IReadOnlyList<ModelInfo> models)
    {
        _routes = routes;
        _providers = providers;
        Providers = [.. providers.Values];
        Patterns = patterns;
        Models = models;
    }

    /// <summary>Every provider, in the order configured.</summary>
    public IReadOnlyList<IProvider> Providers { get; }

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
        var route = Resolve(model);
        if (preferredProvider is null || IsOf(route.Provider))
            return route;
        foreach (var pattern in Patterns)
        {
            if (IsOf(pattern.Provider) && pattern.Match(model) is { } matched)
                return matched;
        }

        return route;

        bool IsOf(IProvider provider) => string.Equals(provider.Options.Name, preferredProvider, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Finds a model's route: by name or alias, else by the longest pattern.</summary>
    /// <param name="model">The name that the client asked for; case matters.</param>
    /// <returns>The route; null where nothing serves the name.</returns>
    public Route? TryResolve(string model)
    {
        if (_routes.TryGetValue(model, out var route))
            return route;
        if (model.Length == 0)
            return null;
        foreach (var pattern in Patterns)
        {
            if (pattern.Match(model) is { } matched)
                return matched;
        }

        return null;
    }

    /// <summary>Makes a table, with the providers of the one before where their settings are the same: they keep their connections.</summary>
    internal static RoutingTable Build(GatewayOptions options, IProviderFactory factory, RoutingTable? before, long created)
    {
        var providers = options.Providers.ToDictionary(
            o => o,
            o => before?._providers.GetValueOrDefault(o) ?? factory.Create(o));
        var byName = providers.ToDictionary(p => p.Key.Name, StringComparer.OrdinalIgnoreCase);

        var routes = new Dictionary<string, Route>(StringComparer.Ordinal);
        var patterns = new List<ModelPattern>();
        var models = new List<ModelInfo>();
        foreach (var model in options.Models)
        {
            var (settings, provider) = byName[model.Provider];
            var preferred = model.PreferredApi is null ? ApiKind.None : Enum.Parse<ApiKind>(model.PreferredApi, ignoreCase: true);
            if (model.Name.EndsWith('*'))
            {
                patterns.Add(new ModelPattern(model.Name, provider, model.RewriteTo, preferred, model.ContextWindow));
                continue;
            }

            foreach (var name in model.Aliases.Prepend(model.Name))
            {
                routes.Add(name, new Route(provider, name, model.RewriteTo ?? model.Name, preferred) { ContextWindow = model.ContextWindow });
                models.Add(new ModelInfo(name, created, settings.Name));
            }
        }

        return new RoutingTable(
            routes.ToFrozenDictionary(StringComparer.Ordinal),
            providers,
            [.. patterns.OrderByDescending(p => p.Length)],
            models);
    }
}
