using System.Reflection;
using AiGateway.Routing;

namespace AiGateway.Hosting;

/// <summary>What a newcomer reads first: where the gateway is, what it serves, and a call to try.</summary>
internal static class Greeting
{
    private const int Shown = 12;

    /// <summary>The greeting.</summary>
    /// <param name="urls">Where the gateway listens.</param>
    /// <param name="table">What it serves.</param>
    /// <returns>Some lines, to be written in one piece: the log goes to the same place.</returns>
    public static string Of(ICollection<string> urls, RoutingTable table)
    {
        var version = typeof(Greeting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var address = urls.Count > 0 ? Callable(urls.First()) : "http://localhost";
        var model = table.Models.Count > 0 ? table.Models[0].Id : "MODEL";
        return $$"""

            AiGateway {{version}} listens on {{string.Join(" and ", urls)}}
            Models: {{Models(table)}}
            Try:
              curl {{address}}/v1/chat/completions -H 'Content-Type: application/json' -d '{"model": "{{model}}", "messages": [{"role": "user", "content": "Hello!"}]}'
            Or point any OpenAI SDK at it: OPENAI_BASE_URL={{address}}/v1 and any OPENAI_API_KEY


            """;
    }

    private static string Models(RoutingTable table)
    {
        var names = table.Models.Select(m => m.Id).Concat(table.Patterns.Select(p =>
            p.Pattern == "*" ? $"any other name (at {p.Provider.Options.Name})" : $"{p.Pattern} (at {p.Provider.Options.Name})")).ToList();
        return string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : "");
    }

    // An address to listen on for everybody is none to call.
    private static string Callable(string url) =>
        url.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).TrimEnd('/');
}
