using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AiGateway.Protocol;

namespace AiGateway.Tests.Architecture;

/// <summary>Who may know whom: the table in <c>docs/architecture.md</c>.</summary>
public sealed partial class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Protocol"] = [],
        ["Caching"] = ["Protocol"],
        ["Providers"] = ["Protocol", "Metering"],
        ["Routing"] = ["Protocol", "Metering", "Providers", "Configuration", "Telemetry"],
        ["Configuration"] = ["Protocol", "Metering", "Providers", "Routing"],
        ["Metering"] = ["Protocol"],
        ["Telemetry"] = ["Protocol", "Providers", "Configuration", "Metering"],
        ["Hooks"] = ["Protocol", "Providers", "Metering", "Engine"],
        ["Engine"] = [],
        ["Tenants"] = ["Protocol", "Metering", "Configuration", "Hooks", "Engine"],
        ["Limits"] = ["Protocol", "Metering", "Routing", "Configuration", "Hooks", "Engine", "Tenants"],
        ["Usage"] = ["Protocol", "Metering", "Configuration", "Engine"],
        ["Responses"] = ["Protocol", "Metering", "Hooks", "Engine"],
        ["Translation"] = ["Protocol", "Providers", "Responses"],
        ["Webhooks"] = ["Protocol", "Configuration", "Engine", "Responses"],
        ["Pipeline"] =
        [
            "Protocol", "Caching", "Providers", "Routing", "Configuration", "Metering", "Hooks", "Engine", "Tenants", "Limits", "Usage", "Responses",
            "Translation", "Telemetry",
        ],
    };

    public static TheoryData<string> Folders => [.. Allowed.Keys];

    [Fact]
    public void The_product_knows_no_web_server_no_cluster_and_no_database()
    {
        var references = typeof(GatewayError).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();

        Assert.Contains("Microsoft.Extensions.Logging.Abstractions", references);
        Assert.All(references, name => Assert.True(
            name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || name == "Polly.Core",
            $"AiGateway references {name}."));
        Assert.DoesNotContain("System.Data.Common", references);
    }

    [Fact]
    public void Every_folder_has_a_row() =>
        Assert.Equal(
            Allowed.Keys.Order(StringComparer.Ordinal),
            Directory.GetDirectories(Root).Select(d => Path.GetFileName(d)).Where(d => d is not ("bin" or "obj")).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_knows_only_the_folders_that_it_may(string folder)
    {
        var wrong = Sources(folder)
            .SelectMany(file => Used(file).Select(known => (file, known)))
            .Where(use => use.known != folder && !Allowed[folder].Contains(use.known, StringComparer.Ordinal))
            .Select(use => $"{Path.GetRelativePath(Root, use.file).Replace('\\', '/')} → {use.known}");

        Assert.Empty(wrong);

        static IEnumerable<string> Used(string file) => Use().Matches(File.ReadAllText(file)).Select(m => m.Groups["folder"].Value).Distinct(StringComparer.Ordinal);
    }

    private static string Root => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../src/Gateway"));

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories);

    private static string Here([CallerFilePath] string path = "") => path;

    // A using line or a name written out, whole or in part; in a comment too, since who reads of it has to know it.
    [GeneratedRegex(@"\bAiGateway\.(?<folder>\w+)|(?<![\w.])(?<folder>Protocol|Caching|Telemetry|Providers|Routing|Configuration|Metering|Hooks|Engine|Tenants|Limits|Usage|Responses|Translation|Webhooks|Pipeline)\.[A-Z]")]
    private static partial Regex Use();
}
