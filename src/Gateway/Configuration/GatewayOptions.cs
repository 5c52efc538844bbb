using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing;

namespace AiGateway.Configuration;

/// <summary>
/// The gateway's settings: the configuration section <c>Gateway</c>. Immutable; a reload makes a new one, compared by value.
/// With neither <see cref="Providers"/> nor <see cref="Models"/>, the defaults apply that <see cref="GatewayConfiguration"/> describes.
/// </summary>
public sealed record GatewayOptions
{
    /// <summary>The value of <see cref="ReasoningEvents"/> for the Open Responses names.</summary>
    public const string OpenResponsesNames = "open-responses";

    /// <summary>The value of <see cref="ReasoningEvents"/> for OpenAI's names.</summary>
    public const string OpenAiNames = "openai";

    /// <summary>The value of <see cref="ReasoningEvents"/> for the names that the caller knows.</summary>
    public const string CallersNames = "auto";

    /// <summary>Who answers model calls. Default: none configured.</summary>
    public IReadOnlyList<ProviderOptions> Providers { get; init => field = ValueList<ProviderOptions>.Of(value); } = ValueList<ProviderOptions>.Empty;

    /// <summary>What clients can ask for, and which provider serves it. Default: none configured.</summary>
    public IReadOnlyList<ModelOptions> Models { get; init => field = ValueList<ModelOptions>.Of(value); } = ValueList<ModelOptions>.Empty;

    /// <summary>Who is told how background responses ended. Default: nobody.</summary>
    public IReadOnlyList<WebhookOptions> Webhooks { get; init => field = ValueList<WebhookOptions>.Of(value); } = ValueList<WebhookOptions>.Empty;

    /// <summary>Whether calls that failed are tried again, for models that do not say. Default: on other routes only.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>Whether answers name the provider that served them, in <c>x-aigateway-provider</c>. Default true.</summary>
    public bool ProviderHeader { get; init; } = true;

    /// <summary>Which answers are given again without asking a provider. Default: none, unless a client asks for it.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>Which web pages may call the gateway. Default: none but its own.</summary>
    public CrossOriginOptions Cors { get; init; } = new();

    /// <summary>What can be seen of the gateway. Default: its logs, and traces and metrics for whoever listens in the process.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();
    /// <summary>Who callers belong to. Default: none configured.</summary>
    public IReadOnlyList<TenantOptions> Tenants { get; init => field = ValueList<TenantOptions>.Of(value); } = ValueList<TenantOptions>.Empty;

    /// <summary>The keys that callers may come with, besides those that the admin API makes. Default: none configured.</summary>
    public IReadOnlyList<KeyOptions> Keys { get; init => field = ValueList<KeyOptions>.Of(value); } = ValueList<KeyOptions>.Empty;

    /// <summary>What becomes of calls that are over a limit.</summary>
    public AdmissionOptions Limits { get; init; } = new();

    /// <summary>The admin API.</summary>
    public AdminOptions Admin { get; init; } = new();

    /// <summary>
    /// Whether what a call used is recorded. Null (default): where its caller is known by a key or a tenant, and of every call where <see cref="AdminOptions.Key"/> is set, so that somebody can ask
    /// for it. Background responses are recorded in any case, in one with their ends.
    /// </summary>
    public bool? RecordUsage { get; init; }

    /// <summary>Where responses are kept.</summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>How responses run.</summary>
    public ResponsesOptions Responses { get; init; } = new();

    /// <summary>Where a cluster keeps its state.</summary>
    public RedisOptions Redis { get; init; } = new();

    /// <summary>How a cluster's nodes find each other.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>The largest request body, in bytes; a larger one is answered 413. Default 64 MiB.</summary>
    public long MaxRequestBodyBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>After how long a silence a stream gets a comment line, and a WebSocket a frame of its own, so that nothing between here and the client cuts it. Default 15 seconds; 0 for none.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Whether callers without a key are served on addresses that other machines reach. Default false: without any key
    /// configured the gateway answers on loopback only and refuses to start on another address.
    /// </summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>
    /// How the events of raw reasoning text are named: <see cref="OpenResponsesNames"/> (<c>response.reasoning.delta</c>),
    /// <see cref="OpenAiNames"/> (<c>response.reasoning_text.delta</c>), or <see cref="CallersNames"/> (default): OpenAI's for OpenAI's own
    /// SDKs, of which some stop at a name they do not know, and Open Responses' for everybody else.
    /// </summary>
    public string ReasoningEvents { get; init; } = CallersNames;

    /// <summary>Whether a response echoes the JSON schema of <c>text.format</c>, as OpenAI does. Default true; false gives <c>schema: null</c>, as Open Responses has it.</summary>
    public bool EchoJsonSchema { get; init; } = true;
}
