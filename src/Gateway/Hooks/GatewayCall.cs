using System.Diagnostics;
using System.Net;
using AiGateway.Engine;
using AiGateway.Metering;
using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Hooks;

/// <summary>One client's call, from authentication to the last byte. Not thread-safe: its hooks run one after the other.</summary>
public sealed class GatewayCall
{
    private const string BearerScheme = "Bearer ";

    private GatewayRequest? _request;
    private Dictionary<string, object?>? _items;

    /// <summary>Creates a call.</summary>
    /// <param name="id">The request id, as in <c>x-request-id</c>.</param>
    /// <param name="api">The API family called.</param>
    /// <param name="headers">The client's headers.</param>
    /// <param name="time">What the call is measured by; null for the system's.</param>
    public GatewayCall(string id, ApiKind api, CallHeaders headers, TimeProvider? time = null)
    {
        Meter = new CallMeter(id, api, time ?? TimeProvider.System);
        Id = id;
        Api = api;
        Headers = headers;
    }

    /// <summary>The request id, as in <c>x-request-id</c>.</summary>
    public string Id { get; }

    /// <summary>The API family called.</summary>
    public ApiKind Api { get; }

    /// <summary>The client's headers.</summary>
    public CallHeaders Headers { get; }

    /// <summary>The key in <c>Authorization: Bearer</c>, or else in <c>api-key</c>; null where there is none. A secret: never log it.</summary>
    public string? ApiKey => KeyHeader(out var isBearer) is { } header ? isBearer ? header[BearerScheme.Length..].Trim() : header : null;

    /// <summary>The client's address; null where there is none, as for a background response.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>What the caller may do, once it is let in.</summary>
    internal CallerAccess Access
    {
        get;
        set
        {
            field = value;
            (Meter.Tenant, Meter.KeyId) = (value.Tenant, value.KeyId);
        }
    } = CallerAccess.Anybody;

    /// <summary>Whose objects this call sees; null for the one tenant that is there without keys.</summary>
    public string? Tenant
    {
        get => Meter.Tenant;
        internal set => Meter.Tenant = value;
    }

    /// <summary>The request.</summary>
    /// <exception cref="InvalidOperationException">Authentication has not ended yet: the body is not read before.</exception>
    public GatewayRequest Request
    {
        get => _request ?? throw new InvalidOperationException("The request is read after authentication.");
        internal set
        {
            _request = value;
            Meter.IsStream = value.Stream;
        }
    }

    /// <summary>The request; null while it is not read.</summary>
    internal GatewayRequest? RequestOrNull => _request;

    /// <summary>What a request hook answers in the provider's place; null for the provider's own answer.</summary>
    public HookAnswer? Answer { get; set; }

    /// <summary>The name of the provider that serves the call; null until it is routed.</summary>
    public string? Provider => ProviderOptions?.Name;

    /// <summary>The settings of <see cref="Provider"/>, for what must not be told of it; null until the call is routed.</summary>
    internal ProviderOptions? ProviderOptions { get; set; }

    /// <summary>The model that the client asked for; null where none was named yet. Does not change when a hook rewrites the request.</summary>
    public string? AskedModel
    {
        get => Meter.AskedModel;
        internal set => Meter.AskedModel = value;
    }

    /// <summary>What the call used; null where the provider did not say, or not yet.</summary>
    public TokenUsage? Usage
    {
        get => Meter.Usage;
        internal set => Meter.Usage = value;
    }

    /// <summary>Who is to hear how the provider's answer went on; null where nobody asks.</summary>
    internal IAnswerVerdict? Verdict { get; set; }

    /// <summary>What the call holds of limits and budgets; null where nothing limits it.</summary>
    internal CapacityLease? Lease { get; set; }

    /// <summary>What is measured of the call, to its end.</summary>
    public CallMeter Meter { get; }

    /// <summary>The call's activity; null where nobody traces.</summary>
    internal Activity? Activity { get; set; }

    /// <summary>Who sees what the client gets; null where nobody asked for that.</summary>
    internal IContentWatcher? Content { get; set; }

    /// <summary>For hooks: whatever one leaves for a later one of the same call.</summary>
    public IDictionary<string, object?> Items => _items ??= new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>The header's value that the key is in; null where there is none. A secret: never log it.</summary>
    /// <param name="isBearer">Whether the key stands behind <c>Bearer</c>; else the value is the key.</param>
    internal string? KeyHeader(out bool isBearer)
    {
        if (Headers["Authorization"] is { } authorization
            && authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)
            && !authorization.AsSpan(BearerScheme.Length).IsWhiteSpace())
        {
            isBearer = true;
            return authorization;
        }

        isBearer = false;
        return Headers["api-key"] is { Length: > 0 } key ? key : null;
    }
}
