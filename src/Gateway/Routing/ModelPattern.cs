using System.Collections.Concurrent;
using AiGateway.Providers;
using AiGateway.Routing.Balancing;

namespace AiGateway.Routing;

/// <summary>A configured model name that ends in <c>*</c>.</summary>
public sealed class ModelPattern
{
    // Names come from clients: what is remembered of them has a bound.
    private const int MaxRemembered = 1024;
    private const int MaxRememberedName = 128;

    private readonly string _prefix;
    private readonly RouteTemplate[] _ways;
    private readonly ModelBalance? _balance;
    private readonly ConcurrentDictionary<string, ModelRoutes> _remembered = new(StringComparer.Ordinal);
    private int _count;

    internal ModelPattern(string pattern, RouteTemplate[] ways, ModelBalance? balance)
    {
        Pattern = pattern;
        Providers = [.. ways.Select(way => way.State.Provider)];
        _prefix = pattern[..^1];
        _ways = ways;
        _balance = balance;
    }

    /// <summary>The pattern as configured, such as <c>gpt-*</c>.</summary>
    public string Pattern { get; }

    /// <summary>Who serves the names that it matches: the first of <see cref="Providers"/>.</summary>
    public IProvider Provider => Providers[0];

    /// <summary>Everybody who serves the names that it matches, in the order of its routes.</summary>
    public IReadOnlyList<IProvider> Providers { get; }

    /// <summary>The length of what stands before the star: the longer, the closer.</summary>
    internal int Length => _prefix.Length;

    /// <summary>The routes of a name, if the pattern matches it.</summary>
    /// <param name="model">The name asked for.</param>
    /// <returns>The routes; null where the pattern does not match.</returns>
    internal ModelRoutes? Match(string model)
    {
        if (!model.StartsWith(_prefix, StringComparison.Ordinal))
            return null;
        if (_remembered.TryGetValue(model, out var known))
            return known;
        var routes = new List<Route>(_ways.Length);
        foreach (var way in _ways)
        {
            // "openai/*" rewritten to "*" leaves nothing of "openai/".
            var name = way.RewriteTo is null ? model : way.RewriteTo.Replace("*", model[_prefix.Length..], StringComparison.Ordinal);
            if (name.Length > 0)
                routes.Add(way.To(model, name));
        }

        if (routes.Count == 0)
            return null;
        var matched = new ModelRoutes([.. routes], _balance);
        if (model.Length <= MaxRememberedName && Volatile.Read(ref _count) < MaxRemembered && _remembered.TryAdd(model, matched))
            Interlocked.Increment(ref _count);
        return matched;
    }

    /// <summary>The other way round: the name by which clients reach a model of a provider through this pattern.</summary>
    /// <param name="providerModel">The provider's own name of the model, as in its list.</param>
    /// <param name="provider">The place in <see cref="Providers"/> of the provider that lists it.</param>
    /// <returns>The name to ask for; null where the pattern does not lead to that model, or leads to it by any name.</returns>
    public string? NameOf(string providerModel, int provider = 0)
    {
        if (_ways[provider].RewriteTo is not { } rewrite)
            return providerModel.StartsWith(_prefix, StringComparison.Ordinal) ? providerModel : null;
        var star = rewrite.IndexOf('*');
        if (star < 0)
            return null;
        var (before, after) = (rewrite[..star], rewrite[(star + 1)..]);
        return providerModel.Length >= before.Length + after.Length
            && providerModel.StartsWith(before, StringComparison.Ordinal)
            && providerModel.EndsWith(after, StringComparison.Ordinal)
            ? _prefix + providerModel[before.Length..^after.Length]
            : null;
    }
}
