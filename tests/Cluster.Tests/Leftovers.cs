using System.Globalization;
using System.Text.RegularExpressions;

namespace AiGateway.Cluster.Tests;

/// <summary>What a node has open that it should not have when nothing runs any more: runs, and handles, sockets among them.</summary>
internal static partial class Leftovers
{
    // What a node opens as it is used, and keeps: connections to providers and Redis, and between nodes, threads of the runtime. A leak is one for each call, of hundreds.
    private const int Usual = 80;

    /// <summary>How many handles a node has when it has just started.</summary>
    public static int HandlesOf(ClusterProcess node) => Directory.GetFileSystemEntries($"/proc/{node.Id.ToString(CultureInfo.InvariantCulture)}/fd").Length;

    /// <summary>Ends when the nodes have let go of everything; says what they have not.</summary>
    /// <param name="scene">The cluster, of which nothing is asked any more.</param>
    /// <param name="before">How many handles each had when it had just started.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(ClusterScene scene, IReadOnlyDictionary<string, int> before)
    {
        using var http = new HttpClient();
        var left = new List<string>();
        try
        {
            await Calls.UntilAsync(
                async () =>
                {
                    left.Clear();
                    foreach (var node in scene.Nodes)
                    {
                        if (HandlesOf(node) is var handles && handles > before[node.Name] + Usual)
                            left.Add($"{node.Name} has {handles} handles, and had {before[node.Name]} at its start.");
                        if (node.Health is not null && Unended().Matches(await http.GetStringAsync(new Uri(node.Health, "/metrics"))) is { Count: > 0 } found)
                            left.Add($"{node.Name} still says {string.Join(", ", found.Select(line => line.Value))}.");
                    }

                    if ((await scene.OwnersAsync()).Count > 0)
                        left.Add("Redis knows owners of what has ended.");
                    return left.Count == 0;
                },
                TimeSpan.FromSeconds(30),
                () => "");
        }
        catch (TimeoutException)
        {
            // Said below.
        }

        return left;
    }

    [GeneratedRegex("^aigateway_runs_(running|waiting)(\\{[^}]*\\})? [1-9].*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unended();
}
