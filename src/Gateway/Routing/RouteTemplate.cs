using AiGateway.Protocol;
using AiGateway.Routing.Balancing;
using AiGateway.Routing.Health;

namespace AiGateway.Routing;

/// <summary>One configured way to a model, of which its names and the names that its pattern matches have routes.</summary>
/// <param name="State">Who serves it.</param>
/// <param name="RewriteTo">The provider's name for the model; null for the model's own. Of a pattern, with its star.</param>
/// <param name="PreferredApi">Which of chat and responses to use where the provider speaks both.</param>
/// <param name="ContextWindow">How many tokens the model reads at most; null where not known.</param>
/// <param name="Stats">What is known of it; null where nobody asks.</param>
internal sealed record RouteTemplate(ProviderState State, string? RewriteTo, ApiKind PreferredApi, long? ContextWindow, RouteStats? Stats)
{
    /// <summary>The ways to a model.</summary>
    /// <param name="model">Its settings, valid.</param>
    /// <param name="providers">The providers by name.</param>
    /// <param name="balance">What orders them; null for nothing.</param>
    public static RouteTemplate[] Of(ModelOptions model, Dictionary<string, ProviderState> providers, ModelBalance? balance)
    {
        if (model.Routes.Count == 0)
            return [new RouteTemplate(providers[model.Provider], model.RewriteTo, Api(model.PreferredApi), model.ContextWindow, balance?.Stats[0])];
        return
        [
            .. model.Routes.Select((route, i) => new RouteTemplate(
                providers[route.Provider],
                route.RewriteTo ?? model.RewriteTo,
                Api(route.PreferredApi ?? model.PreferredApi),
                model.ContextWindow,
                balance?.Stats[i])),
        ];
    }

    /// <summary>The route under one name.</summary>
    /// <param name="asked">The name asked for.</param>
    /// <param name="providerModel">The provider's name.</param>
    public Route To(string asked, string providerModel) =>
        new(State.Provider, asked, providerModel, PreferredApi) { ContextWindow = ContextWindow, State = State, Stats = Stats };

    private static ApiKind Api(string? name) => name is null ? ApiKind.None : Enum.Parse<ApiKind>(name, ignoreCase: true);
}
