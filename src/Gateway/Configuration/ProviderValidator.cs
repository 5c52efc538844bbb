using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Configuration;

/// <summary>What a provider's settings must be.</summary>
internal static class ProviderValidator
{
    private static readonly string[] Apis =
        [.. Enum.GetValues<ApiKind>().Where(api => api != ApiKind.None).Select(api => api.ToString().ToLowerInvariant())];

    public static void Validate(GatewayOptions options, SettingPaths paths, List<string> problems)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Providers.Count; i++)
        {
            var provider = options.Providers[i];
            var path = paths.Of(provider, nameof(options.Providers), i);
            if (!GatewayOptionsValidator.IsName(provider.Name))
                problems.Add($"{path}:Name must be a name, without spaces around it.");
            else if (!names.Add(provider.Name))
                problems.Add($"{path}:Name: there is another provider '{provider.Name}'.");

            One(provider, path, problems);
        }
    }

    private static void One(ProviderOptions provider, string path, List<string> problems)
    {
        if (provider.Kind is not ("openai" or "demo"))
            problems.Add($"{path}:Kind must be 'openai' or 'demo'.");
        if ((provider.Kind != "demo" || provider.BaseUrl is not null) && BaseUrl.Problem(provider.BaseUrl) is { } wrongUrl)
            problems.Add($"{path}:BaseUrl {wrongUrl}");
        if (provider.BasePath.AsSpan().ContainsAny("?# \t\r\n"))
            problems.Add($"{path}:BasePath must be a path such as /v1, or empty.");
        if (provider.ApiKey is not null && HeaderRules.ValueProblem(provider.ApiKey) is { } wrongKey)
            problems.Add($"{path}:ApiKey {wrongKey}");
        for (var i = 0; i < provider.Apis.Count; i++)
        {
            if (!Apis.Contains(provider.Apis[i], StringComparer.OrdinalIgnoreCase))
                problems.Add($"{path}:Apis:{i} must be one of {string.Join(", ", Apis)}.");
        }

        Headers(provider, path, problems);
        GatewayOptionsValidator.Wait($"{path}:ConnectTimeout", provider.ConnectTimeout, problems);
        GatewayOptionsValidator.Wait($"{path}:FirstByteTimeout", provider.FirstByteTimeout, problems);
        GatewayOptionsValidator.Wait($"{path}:IdleTimeout", provider.IdleTimeout, problems);
        RoutingValidator.Breaker($"{path}:Breaker", provider.Breaker, problems);
        RoutingValidator.HealthCheck($"{path}:HealthCheck", provider.HealthCheck, problems);
        if (provider.MaxTokensField is not ("max_completion_tokens" or "max_tokens"))
            problems.Add($"{path}:MaxTokensField must be 'max_completion_tokens' or 'max_tokens'.");
        if (provider.ReasoningField is not (null or "reasoning_content" or "reasoning"))
            problems.Add($"{path}:ReasoningField must be 'reasoning_content' or 'reasoning', or be left out.");
    }

    private static void Headers(ProviderOptions provider, string path, List<string> problems)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < provider.Headers.Count; i++)
        {
            var header = provider.Headers[i];
            if (HeaderRules.NameProblem(header.Name, pattern: false) is { } wrongName)
                problems.Add($"{path}:Headers:{i}:Name {wrongName}");
            else if (!names.Add(header.Name))
                problems.Add($"{path}:Headers:{i}:Name: '{header.Name}' is there already.");
            if (HeaderRules.ValueProblem(header.Value) is { } wrongValue)
                problems.Add($"{path}:Headers:{i}:Value {wrongValue}");
        }

        Names($"{path}:RequestHeaders", provider.RequestHeaders, problems);
        Names($"{path}:ResponseHeaders", provider.ResponseHeaders, problems);
    }

    private static void Names(string path, IReadOnlyList<string>? names, List<string> problems)
    {
        for (var i = 0; i < (names?.Count ?? 0); i++)
        {
            if (HeaderRules.NameProblem(names![i], pattern: true) is { } wrong)
                problems.Add($"{path}:{i} {wrong}");
        }
    }
}
