using AiGateway.Protocol;

namespace AiGateway.Configuration;

/// <summary>
/// Which web pages of other origins may call the gateway from a browser (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol), as configured under <c>Gateway:Cors</c>.
/// It lets pages in; it keeps nobody else out.
/// </summary>
public sealed record CrossOriginOptions
{
    /// <summary>The origins, such as <c>https://app.example.com</c>; <c>*</c> for every one. Default: none, and CORS is off.</summary>
    public IReadOnlyList<string> Origins { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>The request headers that pages may set. Default, and where the list is empty: any.</summary>
    public IReadOnlyList<string> Headers { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>The methods that pages may use. Default, and where the list is empty: GET, POST and DELETE.</summary>
    public IReadOnlyList<string> Methods { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>The response headers that pages may read. Default, and where the list is empty: <see cref="DefaultExposedHeaders"/>.</summary>
    public IReadOnlyList<string> ExposedHeaders { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>Whether pages may send cookies and the like, for what stands before the gateway: it has none itself. Not with the origin <c>*</c>. Default false.</summary>
    public bool Credentials { get; init; }

    /// <summary>How long a browser may remember what it was told. Default 10 minutes.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What pages may read unless <see cref="ExposedHeaders"/> says otherwise.</summary>
    public static IReadOnlyList<string> DefaultExposedHeaders { get; } =
    [
        "x-request-id", "x-aigateway-provider", "x-aigateway-cache", "Age", "Retry-After", "openai-processing-ms",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];
}
