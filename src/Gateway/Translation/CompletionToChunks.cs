using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Translation;

/// <summary>Says a whole chat completion as the chunks of a stream, for a client that asked for one and a provider that gave the other.</summary>
internal static class CompletionToChunks
{
    /// <summary>Converts a completion.</summary>
    /// <param name="completion">A chat completion.</param>
    /// <param name="includeUsage">Whether the client asked for the usage chunk.</param>
    /// <returns>The chunks, without <c>[DONE]</c>.</returns>
    public static IEnumerable<byte[]> Convert(ReadOnlyMemory<byte> completion, bool includeUsage)
    {
        var root = JsonNode.Parse(completion.Span, JsonFormat.NodeOptions, JsonFormat.DocumentOptions)!.AsObject();
        var choices = root["choices"] as JsonArray ?? [];
        var usage = root["usage"];
        root.Remove("choices");
        root.Remove("usage");
        root["object"] = "chat.completion.chunk";
        foreach (var choice in choices.OfType<JsonObject>())
        {
            yield return Chunk(root, [Content(choice)], usage: null, includeUsage);
            yield return Chunk(root, [Finish(choice)], usage: null, includeUsage);
        }

        if (includeUsage)
            yield return Chunk(root, [], usage, includeUsage);
    }

    private static byte[] Chunk(JsonObject root, JsonArray choices, JsonNode? usage, bool includeUsage)
    {
        var chunk = root.DeepClone().AsObject();
        chunk["choices"] = choices;
        if (includeUsage)
            chunk["usage"] = usage?.DeepClone();
        return JsonSerializer.SerializeToUtf8Bytes(chunk, JsonFormat.SerializerOptions);
    }

    private static JsonObject Content(JsonObject choice)
    {
        var delta = choice["message"]?.DeepClone() as JsonObject ?? [];
        var index = 0;
        foreach (var call in (delta["tool_calls"] as JsonArray ?? []).OfType<JsonObject>())
            call["index"] = index++;
        return new JsonObject
        {
            ["index"] = choice["index"]?.DeepClone() ?? 0,
            ["delta"] = delta,
            ["logprobs"] = choice["logprobs"]?.DeepClone(),
            ["finish_reason"] = null,
        };
    }

    private static JsonObject Finish(JsonObject choice) => new()
    {
        ["index"] = choice["index"]?.DeepClone() ?? 0,
        ["delta"] = new JsonObject(),
        ["logprobs"] = null,
        ["finish_reason"] = choice["finish_reason"]?.DeepClone() ?? "stop",
    };
}
