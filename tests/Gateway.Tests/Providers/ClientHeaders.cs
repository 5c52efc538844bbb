using AiGateway.Providers;

namespace AiGateway.Tests.Providers;

internal sealed class ClientHeaders(params (string Name, string Value)[] headers) : CallHeaders
{
    public override string? this[string name] => headers
        .Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(h => h.Value)
        .FirstOrDefault();

    public override IEnumerable<KeyValuePair<string, string>> All() =>
        headers.Select(h => new KeyValuePair<string, string>(h.Name, h.Value));
}
