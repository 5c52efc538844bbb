using AiGateway.Protocol;

namespace AiGateway.Providers.Http;

/// <summary>
/// Where a provider's endpoints are: its base URL, its base path and the endpoint's own path, joined by whole segments.
/// As much of the base path as the base URL already ends in is not repeated; the query of the base URL
/// (such as <c>?api-version=…</c>) stays behind the path.
/// </summary>
internal sealed class ProviderAddress
{
    private readonly string _root;
    private readonly string _query;
    private readonly Uri _chat;
    private readonly Uri _responses;
    private readonly Uri _inputTokens;
    private readonly Uri _embeddings;
    private readonly Uri _images;
    private readonly Uri _models;

    /// <summary>Joins.</summary>
    /// <param name="baseUrl">An absolute <c>http</c> or <c>https</c> URL.</param>
    /// <param name="basePath">See <see cref="ProviderOptions.BasePath"/>. Null or empty: <c>/v1</c>. <c>/</c>: endpoints lie directly below the base URL.</param>
    /// <exception cref="ArgumentException">The base URL is none.</exception>
    public ProviderAddress(string? baseUrl, string? basePath)
    {
        if (!Uri.TryCreate(baseUrl?.Trim(), UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.Host.Length == 0)
        {
            throw new ArgumentException("A provider's base URL must be an absolute http or https URL.", nameof(baseUrl));
        }

        // Without user and password: a provider's credentials have a setting of their own, and a URL ends up in logs.
        var authority = url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        var segments = Join(Split(url.AbsolutePath), Prefix(basePath));
        _root = segments.Count == 0 ? authority : authority + "/" + string.Join('/', segments);
        _query = url.Query is "?" ? "" : url.Query;
        IsTls = url.Scheme == Uri.UriSchemeHttps;
        _chat = At("/chat/completions");
        _responses = At("/responses");
        _inputTokens = At("/responses/input_tokens");
        _embeddings = At("/embeddings");
        _images = At("/images/generations");
        _models = At("/models");
    }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsTls { get; }

    /// <summary>The URL of an endpoint.</summary>
    /// <param name="api">One family.</param>
    /// <param name="modelId">For <see cref="ApiKind.Models"/>: the model, or null for the list.</param>
    /// <param name="countsInput">For <see cref="ApiKind.Responses"/>: whether the input is only to be counted.</param>
    /// <returns>The URL.</returns>
    public Uri For(ApiKind api, string? modelId = null, bool countsInput = false) => api switch
    {
        ApiKind.Chat => _chat,
        ApiKind.Responses => countsInput ? _inputTokens : _responses,
        ApiKind.Embeddings => _embeddings,
        ApiKind.Images => _images,
        ApiKind.Models => modelId is null ? _models : Model(modelId),
        _ => throw new ArgumentOutOfRangeException(nameof(api), api, "Not one API family."),
    };

    private static List<string> Prefix(string? basePath) => string.IsNullOrWhiteSpace(basePath) ? ["v1"] : Split(basePath.Trim());

    private static List<string> Split(string path) => [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)];

    private static List<string> Join(List<string> path, List<string> prefix)
    {
        var overlap = Math.Min(path.Count, prefix.Count);
        while (!path[^overlap..].SequenceEqual(prefix[..overlap], StringComparer.Ordinal))
            overlap--;
        return [.. path, .. prefix[overlap..]];
    }

    private Uri At(string path) => new(_root + path + _query);

    // Dots are not escaped by escaping: without this, a model named ".." would be a way to another endpoint.
    private Uri Model(string id)
    {
        var segment = id is "." or ".." ? id.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(id);
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        return new Uri(_root + "/models/" + segment + _query, options);
    }
}
