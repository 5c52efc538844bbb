using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary><c>context_management</c>: from which size on a context is to be compacted (<c>spec/responses.md</c> §3).</summary>
internal static class ContextManagementParser
{
    private const long SmallestThreshold = 1000;
    private static readonly string[] Types = ["compaction"];

    /// <summary>Reads the field.</summary>
    /// <param name="root">The request.</param>
    /// <returns>The smallest threshold, in tokens; null where there is none.</returns>
    /// <exception cref="GatewayException">400, with the path of what is wrong.</exception>
    public static long? Read(FieldReader root)
    {
        if (!root.HasArray("context_management", out var entries, "an array of objects"))
            return null;
        long? threshold = null;
        var i = 0;
        foreach (var element in entries.EnumerateArray())
        {
            var entry = FieldReader.Object(element, FieldPath.Of("context_management", i++));
            _ = entry.OneOf("type", Types) ?? throw entry.Missing("type");
            if (entry.Integer("compact_threshold", SmallestThreshold) is { } tokens && !(threshold <= tokens))
                threshold = tokens;
        }

        return threshold;
    }
}
