using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Routing;

/// <summary>A configured model name that ends in <c>*</c>.</summary>
public sealed class ModelPattern
{
    private readonly string _prefix;
    private readonly string? _rewrite;
    private readonly ApiKind _preferredApi;
    private readonly long? _contextWindow;

    internal ModelPattern(string pattern, IProvider provider, string? rewrite, ApiKind preferredApi, long? contextWindow = null)
    {
        Pattern = pattern;
        Provider = provider;
        _prefix = pattern[..^1];
        _rewrite = rewrite;
        _preferredApi = preferredApi;
        _contextWindow = contextWindow;
    }

    /// <summary>The pattern as configured, such as <c>gpt-*</c>.</summary>
    public string Pattern { get; }

    /// <summary>Who serves the names that it matches.</summary>
    public IProvider Provider { get; }

    /// <summary>The length of what stands before the star: the longer, the closer.</summary>
    internal int Length => _prefix.Length;

    /// <summary>The route of a name, if the pattern matches it.</summary>
    /// <param name="model">The name asked for.</param>
    /// <returns>The route; null where the pattern does not match.</returns>
    internal Route? Match(string model)
    {
        if (!model.StartsWith(_prefix, StringComparison.Ordinal))
            return null;
        var providerModel = _rewrite is null ? model : _rewrite.Replace("*", model[_prefix.Length..], StringComparison.Ordinal);

        // "openai/*" rewritten to "*" leaves nothing of "openai/".
        return providerModel.Length == 0 ? null : new Route(Provider, model, providerModel, _preferredApi) { ContextWindow = _contextWindow };
    }

    /// <summary>The other way round: the name by which clients reach a model of the provider through this pattern.</summary>
    /// <param name="providerModel">The provider's own name of the model, as in its list.</param>
    /// <returns>The name to ask for; null where the pattern does not lead to that model, or leads to it by any name.</returns>
    public string? NameOf(string providerModel)
    {
        if (_rewrite is null)
            return providerModel.StartsWith(_prefix, StringComparison.Ordinal) ? providerModel : null;
        var star = _rewrite.IndexOf('*');
        if (star < 0)
            return null;
        var (before, after) = (_rewrite[..star], _rewrite[(star + 1)..]);
        return providerModel.Length >= before.Length + after.Length
            && providerModel.StartsWith(before, StringComparison.Ordinal)
            && providerModel.EndsWith(after, StringComparison.Ordinal)
            ? _prefix + providerModel[before.Length..^after.Length]
            : null;
    }
}
