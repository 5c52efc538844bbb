using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing.Balancing;
using AiGateway.Routing.Health;

namespace AiGateway.Routing;

/// <summary>Where a call for a model goes.</summary>
/// <param name="Provider">Who serves it.</param>
/// <param name="AskedModel">The name that the client asked for, and gets back.</param>
/// <param name="ProviderModel">The name that the provider knows it by.</param>
/// <param name="PreferredApi">Which of chat and responses to use where the provider speaks both; <see cref="ApiKind.None"/> for the one called.</param>
public sealed record Route(IProvider Provider, string AskedModel, string ProviderModel, ApiKind PreferredApi)
{
    /// <summary>How many tokens the model reads at most; null where that is not known.</summary>
    public long? ContextWindow { get; init; }

    /// <summary>The provider as the registry knows it; null for a route that was not made there.</summary>
    internal ProviderState? State { get; init; }

    /// <summary>What is known of the route; null where it is its model's only one, and nobody asks.</summary>
    internal RouteStats? Stats { get; init; }

    /// <summary>Whether it leads to a provider.</summary>
    /// <param name="provider">The provider's name, in whatever case; null for none.</param>
    internal bool IsOf(string? provider) => provider is not null && string.Equals(Provider.Options.Name, provider, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether its provider can serve an API, be it by translation.</summary>
    /// <param name="called">The API.</param>
    internal bool Serves(ApiKind called)
    {
        var wanted = called is ApiKind.Chat or ApiKind.Responses ? ApiKind.Chat | ApiKind.Responses : called;
        return called == ApiKind.Models || (Provider.Apis & wanted) != ApiKind.None;
    }

    /// <summary>
    /// The API to call the provider with. For chat and responses: the preferred one, else the one called, else the other,
    /// whichever first the provider speaks. For the rest: the one called.
    /// </summary>
    /// <param name="called">The API that the client called; one of them.</param>
    /// <returns>The API to call; where it is not <paramref name="called"/>, the call is to be translated.</returns>
    /// <exception cref="GatewayException">The provider speaks none that would do: 400 <c>unsupported_value</c>.</exception>
    public ApiKind ApiFor(ApiKind called)
    {
        var spoken = Provider.Apis;
        if (called is ApiKind.Chat or ApiKind.Responses)
        {
            if (PreferredApi is ApiKind.Chat or ApiKind.Responses && spoken.HasFlag(PreferredApi))
                return PreferredApi;
            var other = called ^ (ApiKind.Chat | ApiKind.Responses);
            if (!spoken.HasFlag(called) && spoken.HasFlag(other))
                return other;
        }

        // A provider's list of models is not among what it is configured to speak.
        return called == ApiKind.Models || spoken.HasFlag(called) ? called : throw Unsupported(called);
    }

    private GatewayException Unsupported(ApiKind called)
    {
        var name = called switch
        {
            ApiKind.Chat => "chat completions",
            ApiKind.Responses => "responses",
            ApiKind.Embeddings => "embeddings",
            _ => "image generation",
        };
        return new(GatewayErrors.Invalid($"The model '{AskedModel}' does not support the {name} API.", "model", "unsupported_value"));
    }
}
