using System.Text.Json.Nodes;

namespace AiGateway.Translation.NativeResponses;

/// <summary>
/// The events of a response that came whole although a stream was asked for: what its items say is streamed all the same, since clients listen
/// to deltas and not to the object at the end (<c>spec/responses.md</c> §10.1).
/// </summary>
internal static class NativeReplay
{
    /// <summary>The events of the items, without sequence numbers, in order.</summary>
    /// <param name="response">The response object.</param>
    public static IEnumerable<JsonObject> ItemEvents(JsonObject response)
    {
        var index = 0;
        foreach (var item in response["output"]!.AsArray().OfType<JsonObject>())
        {
            yield return OfItem("response.output_item.added", index, Opening(item));
            foreach (var streamed in Parts(item, "summary", "summary_index").Concat(Parts(item, "content", "content_index")).Concat(Input(item)))
            {
                streamed["item_id"] = item["id"]?.DeepClone();
                streamed["output_index"] = index;
                yield return streamed;
            }

            yield return OfItem("response.output_item.done", index++, item.DeepClone().AsObject());
        }
    }

    private static JsonObject OfItem(string type, int index, JsonObject item) => new() { ["type"] = type, ["output_index"] = index, ["item"] = item };

    // Of other items nothing is streamed, so they open as they are.
    private static JsonObject Opening(JsonObject item)
    {
        var opening = item.DeepClone().AsObject();
        if (item["type"]?.ToString() is not ("message" or "reasoning" or "function_call" or "custom_tool_call"))
            return opening;
        if (opening["status"] is not null)
            opening["status"] = "in_progress";
        foreach (var list in (ReadOnlySpan<string>)["content", "summary"])
        {
            if (opening[list] is JsonArray)
                opening[list] = new JsonArray();
        }

        foreach (var text in (ReadOnlySpan<string>)["arguments", "input"])
        {
            if (opening[text] is JsonValue)
                opening[text] = "";
        }

        return opening;
    }

    private static IEnumerable<JsonObject> Parts(JsonObject item, string list, string indexName)
    {
        if (item["type"]?.ToString() is not ("message" or "reasoning") || item[list] is not JsonArray parts)
            yield break;
        var family = list == "summary" ? "response.reasoning_summary_part" : "response.content_part";
        for (var i = 0; i < parts.Count; i++)
        {
            foreach (var streamed in Part(parts[i]!.AsObject(), family))
            {
                streamed[indexName] = i;
                yield return streamed;
            }
        }
    }

    private static IEnumerable<JsonObject> Part(JsonObject part, string family)
    {
        var (texts, member) = part["type"]?.ToString() switch
        {
            "output_text" => ("response.output_text", "text"),
            "refusal" => ("response.refusal", "refusal"),
            "reasoning_text" => ("response.reasoning", "text"),
            "summary_text" => ("response.reasoning_summary_text", "text"),
            _ => (null, ""),
        };
        var opening = part.DeepClone().AsObject();
        if (texts is not null)
            opening[member] = "";
        foreach (var list in (string[])["annotations", "logprobs"])
        {
            if (opening[list] is JsonArray)
                opening[list] = new JsonArray();
        }

        yield return new() { ["type"] = family + ".added", ["part"] = opening };
        if (texts is not null)
        {
            foreach (var streamed in Texts(part, texts, member))
                yield return streamed;
        }

        yield return new() { ["type"] = family + ".done", ["part"] = part.DeepClone() };
    }

    private static IEnumerable<JsonObject> Texts(JsonObject part, string family, string member)
    {
        var text = part[member]?.ToString() ?? "";
        var logprobs = part["logprobs"] as JsonArray;
        if (text.Length > 0)
            yield return WithLogprobs(new() { ["type"] = family + ".delta", ["delta"] = text }, logprobs);
        var at = 0;
        foreach (var annotation in part["annotations"] as JsonArray ?? [])
        {
            yield return new()
            {
                ["type"] = "response.output_text.annotation.added",
                ["annotation_index"] = at++,
                ["annotation"] = annotation?.DeepClone(),
            };
        }

        yield return WithLogprobs(new() { ["type"] = family + ".done", [member] = text }, logprobs);
    }

    private static JsonObject WithLogprobs(JsonObject streamed, JsonArray? logprobs)
    {
        if (logprobs is not null)
            streamed["logprobs"] = logprobs.DeepClone();
        return streamed;
    }

    private static IEnumerable<JsonObject> Input(JsonObject item)
    {
        var (family, member) = item["type"]?.ToString() switch
        {
            "function_call" => ("response.function_call_arguments", "arguments"),
            "custom_tool_call" => ("response.custom_tool_call_input", "input"),
            _ => (null, ""),
        };
        if (family is null)
            yield break;
        var text = item[member]?.ToString() ?? "";
        if (text.Length > 0)
            yield return new() { ["type"] = family + ".delta", ["delta"] = text };
        var done = new JsonObject { ["type"] = family + ".done", [member] = text };
        if (family == "response.function_call_arguments")
            done["name"] = item["name"]?.DeepClone();
        yield return done;
    }
}
