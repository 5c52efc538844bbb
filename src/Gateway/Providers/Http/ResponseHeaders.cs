using System.Net.Http;

namespace AiGateway.Providers.Http;

/// <summary>Which of a provider's headers come back to the client.</summary>
internal sealed class ResponseHeaders(ProviderOptions options)
{
    private readonly HeaderFilter _filter = new(options.ResponseHeaders ?? ProviderOptions.DefaultResponseHeaders);

    /// <summary>Picks them.</summary>
    /// <param name="response">The provider's answer.</param>
    /// <param name="retryAfter">Its <c>Retry-After</c>; null for none.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Pick(HttpResponseMessage response, out string? retryAfter)
    {
        retryAfter = null;
        List<KeyValuePair<string, string>>? picked = null;
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            var isRetryAfter = name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase);
            if (!isRetryAfter && !_filter.Matches(name))
                continue;
            var value = values.ToString();
            if (!HeaderText.IsValue(value))
                continue;
            if (isRetryAfter)
                retryAfter = value;
            if (!isRetryAfter || _filter.Matches(name))
                (picked ??= []).Add(new(name, value));
        }

        return picked is null ? [] : picked;
    }

    /// <summary>The media type without its parameters, lower case; null for none.</summary>
    public static string? MediaType(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values))
            return null;
        var text = values.ToString().AsSpan();
        if (text.IndexOf(';') is >= 0 and var end)
            text = text[..end];
        text = text.Trim();
        // The two that nearly every answer has need no string of their own.
        if (text.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return "application/json";
        if (text.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase))
            return "text/event-stream";
        return text.IsEmpty ? null : text.ToString().ToLowerInvariant();
    }
}
