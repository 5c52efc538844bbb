using System.Text.Json.Nodes;

namespace AiGateway.Tests.Translation;

/// <summary>The response that a native provider would give in place of a chat completion, whole and as events.</summary>
internal static class ResponseObject
{
    public static JsonObject From(JsonObject completion)
    {
        var choice = completion["choices"]![0]!;
        var message = choice["message"]!;
        var items = new JsonArray();
        if (message["reasoning_content"] is { } reasoning)
            items.Add(new JsonObject { ["id"] = "rs_1", ["type"] = "reasoning", ["summary"] = new JsonArray(), ["content"] = new JsonArray(Part("reasoning_text", "text", reasoning)) });
        var parts = new JsonArray();
        if (message["content"] is { } content)
            parts.Add(Text(content, message["annotations"], choice["logprobs"]));
        if (message["refusal"] is { } refusal)
            parts.Add(Part("refusal", "refusal", refusal));
        if (parts.Count > 0)
            items.Add(new JsonObject { ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["status"] = "completed", ["content"] = parts });
        foreach (var call in message["tool_calls"]?.AsArray() ?? [])
            items.Add(Call(call!));
        var usage = completion["usage"]!;
        var reason = choice["finish_reason"]!.GetValue<string>();
        var isCut = reason is "length" or "content_filter";
        return new JsonObject
        {
            ["id"] = "resp_1",
            ["object"] = "response",
            ["created_at"] = completion["created"]!.DeepClone(),
            ["status"] = isCut ? "incomplete" : "completed",
            ["incomplete_details"] = isCut ? new JsonObject { ["reason"] = reason == "length" ? "max_output_tokens" : reason } : null,
            ["error"] = null,
            ["model"] = completion["model"]!.DeepClone(),
            ["output"] = items,
            ["service_tier"] = completion["service_tier"]!.DeepClone(),
            ["usage"] = new JsonObject
            {
                ["input_tokens"] = usage["prompt_tokens"]!.DeepClone(),
                ["input_tokens_details"] = usage["prompt_tokens_details"]!.DeepClone(),
                ["output_tokens"] = usage["completion_tokens"]!.DeepClone(),
                ["output_tokens_details"] = usage["completion_tokens_details"]!.DeepClone(),
                ["total_tokens"] = usage["total_tokens"]!.DeepClone(),
            },
        };
    }

    /// <summary>Its events: each text in deltas or not at all, each done event there or left out, as the cuts say.
    /// A provider opens all of its items or none, since nobody could put one that comes late in its place.</summary>
    public static IEnumerable<JsonObject> Events(JsonObject response, int[] cuts)
    {
        var next = 0;
        int Cut() => cuts[next++ % cuts.Length];
        var begun = response.DeepClone().AsObject();
        begun["status"] = "in_progress";
        begun["output"] = new JsonArray();
        yield return new JsonObject { ["type"] = "response.created", ["response"] = begun };
        var items = response["output"]!.AsArray();
        var (opens, closes) = (Cut() < 8, Cut() < 5);
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i]!;
            var opened = item.DeepClone().AsObject();
            foreach (var name in new[] { "arguments", "input" })
            {
                if (opened.ContainsKey(name))
                    opened[name] = "";
            }

            if (opened.ContainsKey("content"))
                opened["content"] = new JsonArray();
            if (opens)
            {
                yield return new JsonObject { ["type"] = "response.output_item.added", ["output_index"] = i, ["item"] = opened };
                foreach (var (type, field, text, index) in Texts(item))
                {
                    var part = item["content"]?[index] as JsonObject;
                    foreach (var piece in Pieces(text, Cut()))
                    {
                        var delta = new JsonObject { ["type"] = $"response.{type}.delta", ["output_index"] = i, ["content_index"] = index, ["delta"] = piece };
                        if (part?["logprobs"] is JsonArray { Count: > 0 } probs && closes)
                        {
                            delta["logprobs"] = probs.DeepClone();
                            part = null;
                        }

                        yield return delta;
                    }

                    if (Cut() % 2 == 0)
                    {
                        var done = new JsonObject { ["type"] = $"response.{type}.done", ["output_index"] = i, ["content_index"] = index, [field] = text };
                        if (part?["logprobs"] is { } all)
                            done["logprobs"] = all.DeepClone();
                        yield return done;
                    }
                }
            }

            if (opens ? Cut() % 2 == 0 : closes)
                yield return new JsonObject { ["type"] = "response.output_item.done", ["output_index"] = i, ["item"] = item.DeepClone() };
        }

        yield return new JsonObject { ["type"] = $"response.{response["status"]}", ["response"] = response.DeepClone() };
    }

    private static IEnumerable<(string Type, string Field, string Text, int Index)> Texts(JsonNode item)
    {
        var index = 0;
        foreach (var part in item["content"]?.AsArray() ?? [])
        {
            var type = part!["type"]!.GetValue<string>();
            var field = type == "refusal" ? "refusal" : "text";
            yield return (type, field, part[field]!.GetValue<string>(), index++);
        }

        if (item["arguments"] is { } arguments)
            yield return ("function_call_arguments", "arguments", arguments.GetValue<string>(), 0);
        if (item["input"] is { } input)
            yield return ("custom_tool_call_input", "input", input.GetValue<string>(), 0);
    }

    /// <summary>Cuts a text: not at all sent (0), sent whole, in two, or only its first half. Never through a pair, which .NET would not write.</summary>
    private static IEnumerable<string> Pieces(string text, int cut)
    {
        if (cut == 0 || text.Length == 0)
            yield break;
        var half = text.Length / 2;
        if (half > 0 && char.IsLowSurrogate(text[half]))
            half++;
        if (cut < 4)
        {
            yield return text;
            yield break;
        }

        yield return text[..half];
        if (cut < 8)
            yield return text[half..];
    }

    private static JsonObject Part(string type, string field, JsonNode text) => new() { ["type"] = type, [field] = text.DeepClone() };

    private static JsonObject Text(JsonNode text, JsonNode? annotations, JsonNode? logprobs)
    {
        var flat = new JsonArray();
        foreach (var annotation in annotations?.AsArray() ?? [])
        {
            var citation = annotation!["url_citation"]!.DeepClone().AsObject();
            citation["type"] = "url_citation";
            flat.Add(citation);
        }

        return new JsonObject
        {
            ["type"] = "output_text",
            ["text"] = text.DeepClone(),
            ["annotations"] = flat,
            ["logprobs"] = logprobs?["content"]?.DeepClone() ?? new JsonArray(),
        };
    }

    private static JsonObject Call(JsonNode call)
    {
        var isFunction = call["type"]!.GetValue<string>() == "function";
        var inner = call[isFunction ? "function" : "custom"]!;
        var field = isFunction ? "arguments" : "input";
        return new JsonObject
        {
            ["id"] = "fc_" + call["id"],
            ["type"] = isFunction ? "function_call" : "custom_tool_call",
            ["call_id"] = call["id"]!.DeepClone(),
            ["name"] = inner["name"]!.DeepClone(),
            [field] = inner[field]!.DeepClone(),
            ["status"] = "completed",
        };
    }
}
