using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace AiGateway.Providers.Errors;

/// <summary>
/// Takes out of a provider's words what the client must not learn: the configured key and header values, anything that looks like
/// a key or a token (providers echo them, masked or not), and where the provider is.
/// </summary>
internal sealed partial class Redactor
{
    private const string Mark = "[redacted]";
    private const int ShortestSecret = 4;

    private readonly List<string> _secrets = [];
    private readonly Regex? _host;

    /// <summary>Learns what to take out.</summary>
    /// <param name="provider">The provider.</param>
    public Redactor(ProviderOptions provider)
    {
        Add(provider.ApiKey);
        foreach (var header in provider.Headers)
        {
            Add(header.Value);
            // "Basic x" and the like: the part behind the scheme is a secret by itself.
            if (header.Value.Trim().Split(' ', 2) is [_, var rest])
                Add(rest);
        }

        // The longest first, so that one inside another does not leave a part of it.
        _secrets.Sort((a, b) => b.Length.CompareTo(a.Length));
        if (Uri.TryCreate(provider.BaseUrl?.Trim(), UriKind.Absolute, out var url) && url.Host.Length > 0)
            _host = HostPattern(url);
    }

    /// <summary>Takes it out.</summary>
    /// <param name="text">A provider's words.</param>
    /// <returns>The same, with <c>[redacted]</c> in its place.</returns>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Redact(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return text;
        foreach (var secret in _secrets)
            text = text.Replace(secret, Mark, StringComparison.OrdinalIgnoreCase);
        try
        {
            text = Credential().Replace(text, Mark);
            if (_host is not null)
                text = _host.Replace(text, Mark);
            return Address().Replace(text, Mark);
        }
        catch (RegexMatchTimeoutException)
        {
            // What cannot be searched cannot be shown.
            return Mark;
        }
    }

    // A whole URL on the provider's host, or the host alone, with its port; not where it is part of a longer name.
    private static Regex HostPattern(Uri url) => new(
        $@"(?:https?://(?:[^\s/@""']*@)?)?(?<![A-Za-z0-9.-]){Regex.Escape(url.Host)}(?![A-Za-z0-9-]|\.[A-Za-z0-9])(?::\d+)?(?:/[^\s""'<>)\]}}]*)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1));

    // Keys by their usual beginnings, bearer tokens, JSON web tokens, and anything masked with asterisks or dots in the middle.
    [GeneratedRegex(
        @"\bBearer\s+[^\s""',;]+|\b(?:sk|gsk|pk|rk|xai|hf|r8|pplx|nvapi|csk|tgp|fw)[-_][A-Za-z0-9_*.…-]{3,}|\bAIza[A-Za-z0-9_*-]{8,}|\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*|[A-Za-z0-9_-]{0,40}\*{3,}[A-Za-z0-9_*-]*",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Credential();

    // Networks behind the provider show up in the errors of the proxies before it.
    [GeneratedRegex(
        @"(?:https?://)?(?<![\d.])(?:(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)|localhost(?=[:/]))(?::\d+)?(?:/[^\s""'<>)\]}]*)?",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Address();

    private void Add(string? secret)
    {
        if (secret?.Trim() is { Length: >= ShortestSecret } trimmed)
            _secrets.Add(trimmed);
    }
}
