using AiGateway.Providers.Http;

namespace AiGateway.Configuration;

/// <summary>What the settings of CORS must be.</summary>
internal static class CrossOriginValidator
{
    public static void Validate(CrossOriginOptions options, string path, List<string> problems)
    {
        for (var i = 0; i < options.Origins.Count; i++)
        {
            if (options.Origins[i] != "*" && !IsOrigin(options.Origins[i]))
                problems.Add($"{path}:Origins:{i} must be an origin such as https://app.example.com, without a path, or '*'.");
        }

        if (options.Credentials && options.Origins.Contains("*", StringComparer.Ordinal))
            problems.Add($"{path}:Credentials must not be true with the origin '*': every page there is could act for its visitors.");
        Tokens($"{path}:Headers", options.Headers, problems);
        Tokens($"{path}:Methods", options.Methods, problems);
        Tokens($"{path}:ExposedHeaders", options.ExposedHeaders, problems);
        if (options.MaxAge < TimeSpan.Zero || options.MaxAge > TimeSpan.FromDays(1))
            problems.Add($"{path}:MaxAge must be from 0 to a day.");
    }

    // As a browser writes it: what differs by a slash would never match.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.GetLeftPart(UriPartial.Authority) == text && url.Host.Length > 0;

    private static void Tokens(string path, IReadOnlyList<string> names, List<string> problems)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (!HeaderText.IsName(names[i]))
                problems.Add($"{path}:{i} must be a name.");
        }
    }
}
