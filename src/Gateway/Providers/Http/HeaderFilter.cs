namespace AiGateway.Providers.Http;

/// <summary>An allow-list of header names. A trailing <c>*</c> matches the rest; what must never pass does not pass, whatever the list says.</summary>
internal sealed class HeaderFilter
{
    private static readonly HashSet<string> Never = new(StringComparer.OrdinalIgnoreCase)
    {
        // Credentials: the client's are for the gateway, the provider's are the gateway's own.
        "Authorization", "api-key", "x-api-key", "x-goog-api-key", "Cookie", "Set-Cookie", "WWW-Authenticate",
        // One connection's business.
        "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Expect", "Host", "Via",
        // What the gateway itself says about the exchange, and what would name the provider's address.
        "Accept", "Accept-Encoding", "Location", "Alt-Svc", "Date",
    };

    private static readonly string[] NeverPrefixes = ["Content-", "Proxy-", "Sec-WebSocket-"];

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _prefixes = [];

    /// <summary>Reads a list.</summary>
    /// <param name="list">Names and patterns.</param>
    /// <param name="except">Names that are taken already.</param>
    public HeaderFilter(IEnumerable<string> list, IEnumerable<string>? except = null)
    {
        foreach (var entry in list.Select(e => e.Trim()).Where(e => e.Length > 0))
        {
            if (entry.EndsWith('*'))
                _prefixes.Add(entry[..^1]);
            else if (MayPass(entry))
                _names.Add(entry);
        }

        Taken = new HashSet<string>(except ?? [], StringComparer.OrdinalIgnoreCase);
        _names.ExceptWith(Taken);
        Names = [.. _names];
    }

    /// <summary>The whole names on the list.</summary>
    public string[] Names { get; }

    /// <summary>Whether the list has patterns, so that every header has to be looked at.</summary>
    public bool HasPatterns => _prefixes.Count > 0;

    private HashSet<string> Taken { get; }

    /// <summary>Whether a header passes.</summary>
    /// <param name="name">Its name, in any case.</param>
    public bool Matches(string name) => _names.Contains(name) || MatchesPattern(name);

    /// <summary>Whether a header passes by a pattern and not by its whole name.</summary>
    /// <param name="name">Its name, in any case.</param>
    public bool MatchesPattern(string name)
    {
        foreach (var prefix in _prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return MayPass(name) && !_names.Contains(name) && !Taken.Contains(name);
        }

        return false;
    }

    private static bool MayPass(string name) =>
        !Never.Contains(name) && !Array.Exists(NeverPrefixes, p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));
}
