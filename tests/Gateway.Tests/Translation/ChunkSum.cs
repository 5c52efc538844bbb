using System.Text.Json.Nodes;

namespace AiGateway.Tests.Translation;

/// <summary>Adds a stream's chunks up to a completion, as a client does.</summary>
internal static class ChunkSum
{
    public static JsonObject Of(string stream)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = null, ["refusal"] = null };
        var probs = new JsonArray();
        var calls = new JsonArray();
        var annotations = new JsonArray();
        var sum = new JsonObject { ["object"] = "chat.completion", ["service_tier"] = "default" };
        string? reason = null;
        foreach (var frame in stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (frame == "data: [DONE]")
                continue;
            var chunk = JsonNode.Parse(frame[6..])!;
            foreach (var name in new[] { "id", "created", "model" })
                sum[name] = chunk[name]!.DeepClone();
            if (chunk["usage"] is { } usage)
                sum["usage"] = usage.DeepClone();
            if (chunk["choices"]!.AsArray().Count == 0)
                continue;
            var choice = chunk["choices"]![0]!;
            reason ??= choice["finish_reason"]?.GetValue<string>();
            var delta = choice["delta"]!;
            foreach (var name in new[] { "content", "refusal", "reasoning_content" })
            {
                if (delta[name] is { } text)
                    message[name] = (message[name]?.GetValue<string>() ?? "") + text.GetValue<string>();
            }

            foreach (var token in choice["logprobs"]?["content"]?.AsArray() ?? [])
                probs.Add(token!.DeepClone());
            foreach (var annotation in delta["annotations"]?.AsArray() ?? [])
                annotations.Add(annotation!.DeepClone());
            foreach (var call in delta["tool_calls"]?.AsArray() ?? [])
                Add(calls, call!.AsObject());
        }

        if (calls.Count > 0)
            message["tool_calls"] = calls;
        if (annotations.Count > 0)
            message["annotations"] = annotations;
        sum["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = message,
            ["logprobs"] = probs.Count == 0 ? null : new JsonObject { ["content"] = probs, ["refusal"] = null },
            ["finish_reason"] = reason,
        });
        return sum;
    }

    private static void Add(JsonArray calls, JsonObject fragment)
    {
        var index = fragment["index"]!.GetValue<int>();
        if (index == calls.Count)
        {
            var call = fragment.DeepClone().AsObject();
            call.Remove("index");
            calls.Add(call);
            return;
        }

        var (kind, field) = fragment.ContainsKey("function") ? ("function", "arguments") : ("custom", "input");
        var inner = calls[index]![kind]!;
        inner[field] = inner[field]!.GetValue<string>() + fragment[kind]![field]!.GetValue<string>();
    }
}
