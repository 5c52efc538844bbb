using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Routing;

/// <summary>One model that clients can ask for, as configured under <c>Gateway:Models</c>.</summary>
public sealed record ModelOptions
{
    /// <summary>
    /// The name that clients ask for. Required. <c>*</c> matches any run of characters and may stand once, at the end
    /// (<c>gpt-*</c>, <c>openai/*</c>) or alone; an exact name wins over a pattern, a longer pattern over a shorter.
    /// </summary>
    public string Name { get; init; } = "";

    /// <summary>Other names for the same model. No patterns.</summary>
    public IReadOnlyList<string> Aliases { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>The <c>Name</c> of the provider that serves it. Required, unless there are <see cref="Routes"/>.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Several ways to it, in the place of <see cref="Provider"/>. Default: none.</summary>
    public IReadOnlyList<RouteOptions> Routes { get; init => field = ValueList<RouteOptions>.Of(value); } = ValueList<RouteOptions>.Empty;

    /// <summary>
    /// How calls are spread over <see cref="Routes"/> of the same priority: <c>priority</c> (default: in their order, each where those before it fail),
    /// <c>round-robin</c>, <c>weighted</c>, <c>least-in-flight</c> or <c>lowest-latency</c>. Whichever comes first, the others follow where it fails.
    /// </summary>
    public string Strategy { get; init; } = "priority";

    /// <summary>Whether a failed call is tried again. Null (default): <see cref="Configuration.GatewayOptions.Retry"/>.</summary>
    public RetryOptions? Retry { get; init; }

    /// <summary>
    /// The name that the provider knows it by; null for the name asked for (for an alias: <see cref="Name"/>).
    /// In the rewrite of a pattern, <c>*</c> stands for what the pattern's star matched.
    /// </summary>
    public string? RewriteTo { get; init; }

    /// <summary>Which API to use where the provider speaks both: <c>chat</c> or <c>responses</c>. Null: the one that the client called.</summary>
    public string? PreferredApi { get; init; }

    /// <summary>
    /// How many tokens the model reads at most, by the gateway's estimate of tokens. Null (default): not known, and left to the provider. Where it is known, a
    /// longer response input is refused or, with <c>truncation: "auto"</c>, cut before the provider is called.
    /// </summary>
    public long? ContextWindow { get; init; }

    /// <summary>What all callers together may ask of it; of a pattern: of all names that it matches. Default: no limits.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>What it costs. Null (default): not known, and so nothing.</summary>
    public PriceOptions? Price { get; init; }
}
