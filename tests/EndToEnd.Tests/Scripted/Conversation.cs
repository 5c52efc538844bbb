using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Scripted;

/// <summary>What the upstream was told, whichever API told it.</summary>
internal static class Conversation
{
    /// <summary>All that anyone said, in order.</summary>
    public static string Recalled(ReceivedRequest request) =>
        "I recall: " + string.Join(" / ", Items(request).Where(i => i["role"] is not null).Select(i => Said(i["content"])));

    /// <summary>What somebody said, in order.</summary>
    public static IReadOnlyList<string> Said(ReceivedRequest request, string role) =>
        [.. Items(request).Where(i => i["role"]?.ToString() == role).Select(i => Said(i["content"]))];

    /// <summary>The results of the tools, in order.</summary>
    public static IReadOnlyList<string> ToolResults(ReceivedRequest request) =>
        [.. Items(request).Select(i => i["role"]?.ToString() == "tool" ? Said(i["content"]) : i["output"] is { } output ? Said(output) : null).OfType<string>()];

    /// <summary>The name of the JSON schema that the answer is to follow.</summary>
    public static string? SchemaName(ReceivedRequest request) =>
        (request.Json["response_format"]?["json_schema"]?["name"] ?? request.Json["text"]?["format"]?["name"])?.ToString();

    private static IEnumerable<JsonNode> Items(ReceivedRequest request) => (request.Json["messages"] ?? request.Json["input"]) switch
    {
        JsonArray items => items.OfType<JsonNode>(),
        JsonValue text => [new JsonObject { ["role"] = "user", ["content"] = text.DeepClone() }],
        _ => [],
    };

    private static string Said(JsonNode? content) => content is JsonArray parts
        ? string.Concat(parts.Select(p => p?["text"]?.ToString()))
        : content?.ToString() ?? "";
}
