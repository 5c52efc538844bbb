using AiGateway.Providers;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore;

/// <summary>The headers of an HTTP request.</summary>
internal sealed class HttpCallHeaders(IHeaderDictionary headers) : CallHeaders
{
    public override string? this[string name] =>
        headers.TryGetValue(name, out var values) && values.Count > 0 ? values.ToString() : null;

    public override IEnumerable<KeyValuePair<string, string>> All() =>
        headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()));
}
