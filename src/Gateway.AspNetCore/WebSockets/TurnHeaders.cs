using AiGateway.Providers;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>The headers of the request that opened a connection, for each of its turns: all but the one that can only mean a single request.</summary>
internal sealed class TurnHeaders(CallHeaders headers) : CallHeaders
{
    private const string OfOneRequest = "Idempotency-Key";

    public override string? this[string name] => IsOfOneRequest(name) ? null : headers[name];

    public override IEnumerable<KeyValuePair<string, string>> All() => headers.All().Where(header => !IsOfOneRequest(header.Key));

    private static bool IsOfOneRequest(string name) => name.Equals(OfOneRequest, StringComparison.OrdinalIgnoreCase);
}
