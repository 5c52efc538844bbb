using System.Text;

namespace AiGateway.Configuration;

/// <summary>Puts the environment's values where a setting says <c>${NAME}</c>; <c>$${</c> is a plain <c>${</c>.</summary>
internal static class EnvironmentReferences
{
    /// <summary>Replaces every reference in a value.</summary>
    /// <param name="value">The setting's value.</param>
    /// <param name="environment">Looks a variable up; null where it is not set.</param>
    /// <param name="problem">What is wrong, to follow the setting's name; null where nothing is.</param>
    /// <returns>The value with every reference replaced.</returns>
    public static string Expand(string value, Func<string, string?> environment, out string? problem)
    {
        problem = null;
        if (!value.Contains("${", StringComparison.Ordinal))
            return value;

        var result = new StringBuilder(value.Length);
        var at = 0;
        while (at < value.Length)
        {
            var open = value.IndexOf("${", at, StringComparison.Ordinal);
            if (open < 0)
                break;
            if (open > at && value[open - 1] == '$')
            {
                result.Append(value, at, open - at).Append('{');
                at = open + 2;
                continue;
            }

            var close = value.IndexOf('}', open);
            var name = close < 0 ? "" : value[(open + 2)..close];
            if (!IsName(name))
            {
                problem = "has a '${' without a variable's name and '}' after it; write '$${' for a plain '${'.";
                return value;
            }

            // Set but empty is how a compose file or a shell passes on what nobody set.
            var found = environment(name);
            if (string.IsNullOrEmpty(found))
            {
                problem = $"refers to ${{{name}}}, but the environment variable {name} is not set.";
                return value;
            }

            result.Append(value, at, open - at).Append(found);
            at = close + 1;
        }

        return result.Append(value, at, value.Length - at).ToString();
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
