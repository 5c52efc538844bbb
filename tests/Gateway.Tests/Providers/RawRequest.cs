using System.Globalization;

namespace AiGateway.Tests.Providers;

internal sealed class RawRequest(string head, string body)
{
    private readonly string[] _lines = head.Split("\r\n");

    public string Line => _lines[0];

    public string Body { get; } = body;

    public int ContentLength => int.Parse(this["Content-Length"] ?? "0", CultureInfo.InvariantCulture);

    public string? this[string name] => _lines.Skip(1)
        .Select(l => l.Split(':', 2))
        .Where(p => p[0].Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(p => p[1].Trim())
        .FirstOrDefault();
}
