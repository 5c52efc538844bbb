using AiGateway.Providers;
using AiGateway.Routing;

namespace AiGateway.Configuration;

/// <summary>What is served where neither providers nor models are configured; <see cref="GatewayConfiguration"/> describes it.</summary>
internal static class DefaultSetup
{
    public const string DemoName = "demo";
    public const string OpenAiName = "openai";
    private const string OpenAiUrl = "https://api.openai.com/v1";

    public static GatewayOptions Apply(GatewayOptions options, Func<string, string?> variable, List<string> problems)
    {
        if (options.Providers.Count > 0 || options.Models.Count > 0)
            return options;

        var demo = new ProviderOptions { Name = DemoName, Kind = "demo" };
        var demoModel = new ModelOptions { Name = DemoName, Provider = DemoName };
        var key = Read("OPENAI_API_KEY");
        var url = Read("OPENAI_BASE_URL");

        // A base URL alone is enough: a server of one's own often wants no key.
        if (key is null && url is null)
            return options with { Providers = [demo], Models = [demoModel] };

        if (url is not null && BaseUrl.Problem(url) is { } wrongUrl)
            problems.Add($"OPENAI_BASE_URL {wrongUrl}");
        if (key is not null && HeaderRules.ValueProblem(key) is { } wrongKey)
            problems.Add($"OPENAI_API_KEY {wrongKey}");
        var model = Read("LLM_MODEL");
        if (model?.Contains('*') == true)
            problems.Add("LLM_MODEL must name one model, without '*'.");
        if (problems.Count > 0)
            return options;

        var openAi = new ProviderOptions
        {
            Name = OpenAiName,
            BaseUrl = url ?? OpenAiUrl,
            ApiKey = key,
            Apis = IsOpenAi(url) ? ["chat", "responses", "embeddings", "images"] : ["chat", "embeddings", "images"],
        };
        var models = new List<ModelOptions>(3);
        if (model != DemoName)
            models.Add(demoModel);
        if (model is not null)
            models.Add(new ModelOptions { Name = model, Provider = OpenAiName });
        models.Add(new ModelOptions { Name = "*", Provider = OpenAiName });
        return options with { Providers = [demo, openAi], Models = models };

        string? Read(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    // Most servers that speak OpenAI's API have no /responses; those calls are translated to chat.
    private static bool IsOpenAi(string? url) =>
        url is null || string.Equals(new Uri(url).Host, "api.openai.com", StringComparison.OrdinalIgnoreCase);
}
