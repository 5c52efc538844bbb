using System.Buffers;
using System.Collections.Frozen;

namespace AiGateway.Configuration;

/// <summary>Which headers a configuration may set or let through between client and provider.</summary>
internal static class HeaderRules
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // The key goes by ApiKey; the rest describe one connection or one body, and each side has its own (RFC 9110 §7.6.1).
    private static readonly FrozenSet<string> Forbidden = new[]
    {
        "Authorization", "Host", "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
        "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "HTTP2-Settings",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a header never passes, whatever an allow-list's pattern matches.</summary>
    /// <param name="name">The header's name.</param>
    /// <returns>True for credentials, and for what belongs to one connection or one body.</returns>
    public static bool IsForbidden(string name) =>
        Forbidden.Contains(name) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with a header's name, to follow the setting's name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="pattern">Whether it may end in <c>*</c>.</param>
    /// <returns>The problem; null for none.</returns>
    public static string? NameProblem(string name, bool pattern)
    {
        var star = name.IndexOf('*');
        if (star >= 0 && (!pattern || star != name.Length - 1))
            return pattern ? "may have '*' only at the end." : "must be a header's name, without '*'.";
        var prefix = star < 0 ? name : name[..star];
        if ((prefix.Length == 0 && star < 0) || prefix.AsSpan().ContainsAnyExcept(TokenChars))
            return "must be a header's name.";
        return IsForbidden(prefix)
            ? $"must not name '{name}': the gateway sets it itself, for each side."
            : null;
    }

    /// <summary>What is wrong with a header's value or a key, to follow the setting's name. Never repeats the value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The problem; null for none.</returns>
    public static string? ValueProblem(string value)
    {
        if (value.Length == 0)
            return "must not be empty; leave it out to send none.";
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return "must hold printable ASCII characters only (is there a line break at its end?).";
        return value[0] == ' ' || value[^1] == ' ' ? "must not begin or end with a space." : null;
    }
}
