using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Routing.Balancing;

namespace AiGateway.Configuration;

/// <summary>What a model's settings must be.</summary>
internal static class ModelValidator
{
    public static void Validate(GatewayOptions options, SettingPaths paths, List<string> problems)
    {
        if (options is { Models.Count: 0, Providers.Count: > 0 })
        {
            problems.Add($$"""{{GatewayConfiguration.SectionName}}:Models must name at least one model; {"Name": "*", "Provider": "{{options.Providers[0].Name}}"} serves every name.""");
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Models.Count; i++)
        {
            var model = options.Models[i];
            var path = paths.Of(model, nameof(options.Models), i);
            Names(model, path, names, problems);
            Rewrite(model.RewriteTo, model, path, problems);
            if (model.ContextWindow < 1)
                problems.Add($"{path}:ContextWindow must be at least 1; leave it out where it is not known.");
            if (RouteStrategies.Find(model.Strategy) is null)
                problems.Add($"{path}:Strategy must be one of {string.Join(", ", RouteStrategies.Names)}.");
            if (model.Retry is not null)
                RoutingValidator.Retry($"{path}:Retry", model.Retry, problems);
            Routes(model, path, options.Providers, problems);
        }
    }

    private static void Names(ModelOptions model, string path, HashSet<string> names, List<string> problems)
    {
        if (!GatewayOptionsValidator.IsName(model.Name))
            problems.Add($"{path}:Name must be a name, without spaces around it.");
        else if (model.Name.IndexOf('*') is var star and >= 0 && star != model.Name.Length - 1)
            problems.Add($"{path}:Name: '{model.Name}' may have '*' only once and at the end.");
        else if (!names.Add(model.Name))
            problems.Add($"{path}:Name: there is another model or alias '{model.Name}'.");

        for (var i = 0; i < model.Aliases.Count; i++)
        {
            var alias = model.Aliases[i];
            if (!GatewayOptionsValidator.IsName(alias) || alias.Contains('*'))
                problems.Add($"{path}:Aliases:{i} must be a name, without '*'.");
            else if (!names.Add(alias))
                problems.Add($"{path}:Aliases:{i}: there is another model or alias '{alias}'.");
        }

        if (model.Aliases.Count > 0 && model.Name.Contains('*'))
            problems.Add($"{path}:Aliases: a pattern has no aliases; give the alias a model of its own.");
    }

    private static void Routes(ModelOptions model, string path, IReadOnlyList<ProviderOptions> providers, List<string> problems)
    {
        if (model.Routes.Count == 0)
        {
            Provider(model.Provider, model.PreferredApi, path, providers, problems);
            return;
        }

        if (model.Provider.Length > 0)
            problems.Add($"{path}:Provider: the model has Routes; name the provider in one of them.");
        for (var i = 0; i < model.Routes.Count; i++)
        {
            var route = model.Routes[i];
            var routePath = $"{path}:Routes:{i}";
            Rewrite(route.RewriteTo, model, routePath, problems);
            Provider(route.Provider, route.PreferredApi ?? (i == 0 ? model.PreferredApi : null), routePath, providers, problems, isShared: route.PreferredApi is null);
            if (route.Weight is < 0 or > 1_000_000)
                problems.Add($"{routePath}:Weight must be from 0 to 1000000.");
        }

        if (model.Routes.All(route => route.Weight == 0))
            problems.Add($"{path}:Routes: one at least must have a Weight above 0.");
    }

    private static void Rewrite(string? rewriteTo, ModelOptions model, string path, List<string> problems)
    {
        if (rewriteTo is not { } target)
            return;
        if (!GatewayOptionsValidator.IsName(target))
            problems.Add($"{path}:RewriteTo must be a name, without spaces around it.");
        else if (target.Count(c => c == '*') > 1)
            problems.Add($"{path}:RewriteTo may have '*' only once.");
        else if (target.Contains('*') && !model.Name.Contains('*'))
            problems.Add($"{path}:RewriteTo has '*', but the model's name has none.");
    }

    // A preference that several routes share holds for those that speak both.
    private static void Provider(
        string name, string? preferredApi, string path, IReadOnlyList<ProviderOptions> providers, List<string> problems, bool isShared = false)
    {
        var preferred = preferredApi?.ToLowerInvariant() switch
        {
            null => ApiKind.None,
            "chat" => ApiKind.Chat,
            "responses" => ApiKind.Responses,
            _ => ApiKind.All,
        };
        if (preferred == ApiKind.All)
            problems.Add($"{path}:PreferredApi must be 'chat' or 'responses'.");

        var provider = providers.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
        if (name.Length == 0)
            problems.Add($"{path}:Provider must name a provider.");
        else if (provider is null)
            problems.Add($"{path}:Provider: there is no provider '{name}'.");
        else if (!isShared && preferred is ApiKind.Chat or ApiKind.Responses && provider is not { Kind: "demo", Apis: [] } && !provider.ApiSet().HasFlag(preferred))
            problems.Add($"{path}:PreferredApi: the provider '{provider.Name}' does not speak '{preferredApi}'; see its Apis.");
    }
}
