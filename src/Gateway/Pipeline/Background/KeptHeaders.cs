using AiGateway.Engine;
using AiGateway.Providers;
using AiGateway.Providers.Http;

namespace AiGateway.Pipeline.Background;

/// <summary>The headers of a call whose client need not be there any more.</summary>
internal sealed class KeptHeaders(IReadOnlyList<KeyValuePair<string, string>> headers) : CallHeaders
{
    // What tells an SDK by its name: how its events are to be called depends on it.
    private static readonly string[] Client = ["User-Agent", "X-Stainless-Lang"];

    public override string? this[string name] =>
        headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public override IEnumerable<KeyValuePair<string, string>> All() => headers;

    /// <summary>What is to be kept of a client's headers: those that a provider gets, and those that tell what the client is. Never its key.</summary>
    /// <param name="headers">The client's headers.</param>
    /// <param name="providers">Whoever may serve the call. Which headers go to which of them is decided again then.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(CallHeaders headers, IEnumerable<ProviderOptions> providers)
    {
        var filter = new HeaderFilter(providers.SelectMany(provider => provider.RequestHeaders ?? ProviderOptions.DefaultRequestHeaders).Distinct(StringComparer.OrdinalIgnoreCase));
        return [.. headers.All().Where(h => filter.Matches(h.Key) || Client.Contains(h.Key, StringComparer.OrdinalIgnoreCase))];
    }
}
