using System.Net.Http;

namespace AiGateway.Providers.Http;

/// <summary>The headers of a call, worked out once: the key, what is configured, and which of the client's go along.</summary>
internal sealed class RequestHeaders
{
    private const string AuthorizationName = "Authorization";
    private const string RequestIdName = "X-Client-Request-Id";
    private const string UserAgentName = "User-Agent";
    private static readonly string Agent = $"AiGateway/{typeof(RequestHeaders).Assembly.GetName().Version?.ToString(3)}";

    private readonly KeyValuePair<string, string>[] _fixed;
    private readonly HeaderFilter _filter;
    private readonly bool _setsAccept;
    private readonly bool _passesTrace;
    private readonly bool _passesId;

    /// <summary>Works them out.</summary>
    /// <param name="options">The provider.</param>
    /// <exception cref="ArgumentException">A configured header or the key cannot stand in a request.</exception>
    public RequestHeaders(ProviderOptions options)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var header in options.Headers)
        {
            var (name, value) = (header.Name.Trim(), header.Value.Trim());
            if (!HeaderText.IsName(name) || !HeaderText.IsValue(value))
                throw new ArgumentException($"Provider '{options.Name}': the header '{name}' has a name or a value that HTTP does not allow.", nameof(options));
            headers.Add(new(name, value));
        }

        // A configured Authorization is somebody's other scheme; it stands instead of the key, not beside it.
        if (options.ApiKey?.Trim() is { Length: > 0 } key && !Has(headers, AuthorizationName))
        {
            if (!HeaderText.IsValue(key))
                throw new ArgumentException($"Provider '{options.Name}': the key has a character that HTTP does not allow.", nameof(options));
            headers.Add(new(AuthorizationName, "Bearer " + key));
        }

        _filter = new HeaderFilter(options.RequestHeaders ?? ProviderOptions.DefaultRequestHeaders, headers.Select(h => h.Key));
        if (!Has(headers, UserAgentName) && !_filter.Matches(UserAgentName))
            headers.Add(new(UserAgentName, Agent));
        _setsAccept = Has(headers, "Accept");
        _passesTrace = _filter.Matches("traceparent");
        _passesId = _filter.Matches(RequestIdName);
        _fixed = [.. headers];
    }

    /// <summary>Puts the headers on a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="call">The call.</param>
    public void Apply(HttpRequestMessage request, ProviderCall call)
    {
        var headers = request.Headers;
        foreach (var (name, value) in _fixed)
        {
            if (!headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        if (!_setsAccept)
            headers.TryAddWithoutValidation("Accept", call.Stream ? "text/event-stream" : "application/json");
        if (call.Trace is { Id: { } traceparent } trace && _passesTrace)
        {
            headers.TryAddWithoutValidation("traceparent", traceparent);
            if (trace.TraceStateString is { Length: > 0 } state && HeaderText.IsValue(state))
                headers.TryAddWithoutValidation("tracestate", state);
        }

        if (call.ClientHeaders is { } client)
            Pass(client, headers, isTraced: call.Trace is not null && _passesTrace);
        if (call.RequestId is { } id && _passesId && !headers.Contains(RequestIdName))
            headers.TryAddWithoutValidation(RequestIdName, id);
    }

    private static bool Has(List<KeyValuePair<string, string>> headers, string name) =>
        headers.Exists(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Pass(CallHeaders client, System.Net.Http.Headers.HttpRequestHeaders headers, bool isTraced)
    {
        foreach (var name in _filter.Names)
        {
            if (isTraced && (name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) || name.Equals("tracestate", StringComparison.OrdinalIgnoreCase)))
                continue;
            if (client[name] is { } value && HeaderText.IsValue(value))
                headers.TryAddWithoutValidation(name, value);
        }

        if (!_filter.HasPatterns)
            return;
        foreach (var (name, value) in client.All())
        {
            if (_filter.MatchesPattern(name) && HeaderText.IsName(name) && HeaderText.IsValue(value))
                headers.TryAddWithoutValidation(name, value);
        }
    }
}
