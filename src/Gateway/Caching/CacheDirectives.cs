using System.Globalization;

namespace AiGateway.Caching;

/// <summary>What a <c>Cache-Control</c> asks for, a request's (RFC 9111 §5.2.1) or an answer's (§5.2.2), as far as it means anything here. What is not known is passed over.</summary>
/// <param name="NoStore">Nothing of the call is kept, nor is anything kept given.</param>
/// <param name="NoCache">A provider is asked anew; its answer is kept.</param>
/// <param name="OnlyIfCached">No provider is asked.</param>
/// <param name="Private">An answer is for one client alone.</param>
/// <param name="MaxAge">The oldest answer that is taken; null for any.</param>
internal readonly record struct CacheDirectives(bool NoStore, bool NoCache, bool OnlyIfCached, bool Private, TimeSpan? MaxAge)
{
    /// <summary>Whether an answer that says so may be kept, and given to others than who asked for it.</summary>
    public bool MayBeKept => !NoStore && !Private;

    /// <summary>Reads the header.</summary>
    /// <param name="header">Its value; null for none.</param>
    public static CacheDirectives Read(string? header)
    {
        var directives = default(CacheDirectives);
        if (header is null)
            return directives;
        foreach (var range in header.AsSpan().Split(','))
        {
            var directive = header.AsSpan()[range].Trim();
            var equals = directive.IndexOf('=');
            var name = equals < 0 ? directive : directive[..equals].TrimEnd();
            if (name.Equals("no-store", StringComparison.OrdinalIgnoreCase))
                directives = directives with { NoStore = true };
            else if (name.Equals("no-cache", StringComparison.OrdinalIgnoreCase))
                directives = directives with { NoCache = true };
            else if (name.Equals("only-if-cached", StringComparison.OrdinalIgnoreCase))
                directives = directives with { OnlyIfCached = true };
            else if (name.Equals("private", StringComparison.OrdinalIgnoreCase))
                directives = directives with { Private = true };
            else if (name.Equals("max-age", StringComparison.OrdinalIgnoreCase) && equals >= 0)
                directives = directives with { MaxAge = Age(directive[(equals + 1)..].Trim().Trim('"')) };
        }

        return directives;
    }

    // What makes no sense is taken for the shortest age: it was meant to limit something.
    private static TimeSpan Age(ReadOnlySpan<char> seconds) => long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? TimeSpan.FromSeconds(Math.Min(value, int.MaxValue))
        : TimeSpan.Zero;
}
