using System.Text.Json;
using AiGateway.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.NodeClients;

/// <summary>A run of Node's test runner over one file.</summary>
internal static class NodeRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly Lazy<string?> FoundProblem = new(FindProblem);

    /// <summary>Why the tests cannot be run here; null where they can.</summary>
    public static string? Problem => FoundProblem.Value;

    /// <summary>Runs a file's tests; throws with the text of every failure.</summary>
    public static async Task PassesAsync(ITestOutputHelper log, string file, Uri gateway, Uri? upstream)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["AIGATEWAY_BASE_URL"] = gateway.AbsoluteUri,
            ["UPSTREAM_URL"] = upstream?.GetLeftPart(UriPartial.Authority),
            ["NODE_OPTIONS"] = null,
            ["OPENAI_API_KEY"] = null,
            ["OPENAI_BASE_URL"] = null,
        };
        await using var node = await ChildProcess.StartAsync(
            Repository.NodeTests, environment, "node", "--test", "--test-reporter=./reporter.mjs", "--test-reporter-destination=stdout", $"{file}.test.mjs");
        var code = await node.WaitForExitAsync(Patience);

        // A file that cannot be loaded is told as one failed test, the reason among the errors; output that is no result is what tests print.
        var results = node.Output.Split('\n').Where(line => line.StartsWith('{')).Select(Parse).ToList();
        log.WriteLine(string.Join('\n', results.Select(r => $"{(!r.Passed ? "failed" : r.Skipped ? "skipped" : "passed")}  {r.Name}")));
        var failures = results.Where(r => !r.Passed).Select(r => $"✖ {r.Name}\n{r.Failure}").ToList();
        Assert.True(failures.Count == 0, $"{failures.Count} of {results.Count} failed.\n\n{string.Join("\n\n", failures)}\n\n{node.Errors}");
        Assert.True(code == 0, $"Node ended with {code}.\n{node.Everything}");
        Assert.True(results.Exists(r => !r.Skipped), $"No test was run.\n{node.Everything}");
    }

    private static NodeResult Parse(string line) => JsonSerializer.Deserialize<NodeResult>(line, JsonSerializerOptions.Web)!;

    private static string? FindProblem()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (!path.Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, "node"))))
            return "Node is not installed.";
        return File.Exists(Path.Combine(Repository.NodeTests, "node_modules", ".package-lock.json"))
            ? null
            : "The clients' packages are not installed: run `npm ci` in tests/EndToEnd.Tests/node, or ./test.sh.";
    }
}
