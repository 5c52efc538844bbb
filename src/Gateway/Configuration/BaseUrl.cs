namespace AiGateway.Configuration;

/// <summary>What a provider's base URL may be.</summary>
internal static class BaseUrl
{
    /// <summary>What is wrong with a base URL, to follow the setting's name. Never repeats the URL: it may hold a password.</summary>
    /// <param name="value">The URL.</param>
    /// <returns>The problem; null for none.</returns>
    public static string? Problem(string? value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
            return "must be an absolute http or https URL.";
        if (url.UserInfo.Length > 0)
            return "must not hold a user name or password; use ApiKey or Headers.";
        return url.Query.Length > 0 || url.Fragment.Length > 0 || value!.Contains('?') || value.Contains('#')
            ? "must have neither a query nor a fragment: endpoint paths are put after it."
            : null;
    }
}
