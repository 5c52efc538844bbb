using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Providers;

/// <summary>One provider, as configured under <c>Gateway:Providers</c>. Compared by value: a reload rebuilds only what changed.</summary>
public sealed record ProviderOptions
{
    /// <summary>The name that models refer to. Required; unique.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is: <c>openai</c> (any provider that speaks OpenAI's API) or <c>demo</c> (built in, needs nothing). Default <c>openai</c>.</summary>
    public string Kind { get; init; } = "openai";

    /// <summary>Where it is: an absolute <c>http</c> or <c>https</c> URL, such as <c>https://api.openai.com/v1</c>. Required unless the kind is <c>demo</c>.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>
    /// The prefix that <see cref="BaseUrl"/> may already end in and that endpoint paths are not to repeat. Compared by whole
    /// path segments: <c>/v1beta</c> does not end in <c>/v1</c>. Default <c>/v1</c>.
    /// </summary>
    public string BasePath { get; init; } = "/v1";

    /// <summary>The key, sent as <c>Authorization: Bearer</c>. <c>${NAME}</c> takes it from the environment. Null: none is sent.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The API families that it speaks: <c>chat</c>, <c>responses</c>, <c>embeddings</c>, <c>images</c>, or <c>all</c>. Default: chat, embeddings, images.</summary>
    public IReadOnlyList<string> Apis { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>Headers sent with every call, such as an organization. They win over headers passed through.</summary>
    public IReadOnlyList<HeaderOptions> Headers { get; init => field = ValueList<HeaderOptions>.Of(value); } = ValueList<HeaderOptions>.Empty;

    /// <summary>Names of the client's headers that go on to the provider; a trailing <c>*</c> matches the rest. Null: <see cref="DefaultRequestHeaders"/>.</summary>
    public IReadOnlyList<string>? RequestHeaders { get; init => field = value is null ? null : ValueList<string>.Of(value); }

    /// <summary>Names of the provider's headers that come back to the client; a trailing <c>*</c> matches the rest. Null: <see cref="DefaultResponseHeaders"/>.</summary>
    public IReadOnlyList<string>? ResponseHeaders { get; init => field = value is null ? null : ValueList<string>.Of(value); }

    /// <summary>The longest wait for a connection. Default 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait from the request to the answer's first byte. Default 10 minutes: models may think long.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest silence between two bytes of an answer. Default 5 minutes. There is no limit on the whole.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What may be asked of it, all models and callers together. Default: no limits.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>Whether a chat stream asks for usage (<c>stream_options.include_usage</c>). Default true; false for a provider that refuses the field.</summary>
    public bool StreamUsage { get; init; } = true;

    /// <summary>The chat field that limits output, for responses served by translation: <c>max_completion_tokens</c> (default) or <c>max_tokens</c> for older providers.</summary>
    public string MaxTokensField { get; init; } = "max_completion_tokens";

    /// <summary>
    /// The field of an assistant chat message that takes raw reasoning text back, for responses served by translation:
    /// <c>reasoning_content</c>, <c>reasoning</c>, or null (default) not to send it, since many providers refuse it.
    /// </summary>
    public string? ReasoningField { get; init; }

    /// <summary>
    /// When calls are kept away from it because it fails. Null (default): by the defaults of <see cref="BreakerOptions"/>, for models that have several routes;
    /// a model with one route has nowhere else to go. Where it is given it holds for every call.
    /// </summary>
    public BreakerOptions? Breaker { get; init; }

    /// <summary>Whether it is asked now and then if it is well. Null (default): it is judged by calls alone.</summary>
    public HealthCheckOptions? HealthCheck { get; init; }

    /// <summary>What passes to the provider unless <see cref="RequestHeaders"/> says otherwise.</summary>
    public static IReadOnlyList<string> DefaultRequestHeaders { get; } = ["OpenAI-Beta", "X-Client-Request-Id", "Idempotency-Key", "traceparent", "tracestate"];

    /// <summary>What comes back to the client unless <see cref="ResponseHeaders"/> says otherwise.</summary>
    public static IReadOnlyList<string> DefaultResponseHeaders { get; } = ["openai-processing-ms", "openai-version", "x-ratelimit-*", "retry-after-ms", "x-should-retry"];

    /// <summary><see cref="Apis"/> as a set.</summary>
    /// <returns>The families; unknown names are left to validation.</returns>
    public ApiKind ApiSet()
    {
        if (Apis.Count == 0)
            return ApiKind.Chat | ApiKind.Embeddings | ApiKind.Images;
        var set = ApiKind.None;
        foreach (var name in Apis)
        {
            if (Enum.TryParse<ApiKind>(name, ignoreCase: true, out var api))
                set |= api;
        }

        return set;
    }

    /// <summary>The name only: what the compiler would write holds the key.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => $"provider '{Name}'";
}
