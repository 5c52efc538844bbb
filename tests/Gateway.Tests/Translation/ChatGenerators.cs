using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace AiGateway.Tests.Translation;

/// <summary>Chat requests and completions within what both APIs can say.</summary>
internal static class ChatGenerators
{
    private static readonly string[] Texts = ["", "a", "two words", "line\nbreak \"quoted\" \\ back", "é😀日本", "\u0001\u2028</script>", "{\"json\":[1]}", "null"];

    public static Gen<string> Text { get; } = Gen.OneOf(Gen.Elements(Texts), ArbMap.Default.GeneratorFor<NonEmptyString>().Select(s => WellFormed(s.Get)));

    public static Gen<string> SomeText { get; } = Text.Where(t => t.Length > 0);

    public static Gen<JsonObject> Request =>
        from turns in Gen.ListOf(Turn(), 3)
        from first in Message("user")
        from tools in Maybe(Tools)
        from fields in Fields
        select Compose([first.DeepClone().AsObject(), .. turns.SelectMany(t => t).Select(m => m.DeepClone().AsObject())], tools, fields);

    public static Gen<JsonObject> Completion =>
        from content in Maybe(Text)
        from refusal in Maybe(SomeText)
        from reasoning in Maybe(SomeText)
        from calls in Gen.ListOf(Call(), 2)
        from callCount in Gen.Choose(0, 2)
        from reason in Gen.Elements("stop", "length", "content_filter")
        from probs in Gen.Elements(false, true)
        from cites in Gen.Elements(false, true)
        from tokens in Gen.ArrayOf(Gen.Choose(0, 1000), 4)
        select ComposeCompletion(content, refusal, reasoning, [.. calls.Take(callCount)], reason, probs && content is { Length: > 0 }, cites && content is not null, tokens);

    private static Gen<(JsonObject? Tools, JsonNode? Choice, bool? Parallel)> Tools =>
        from description in Maybe(Text)
        from strict in Maybe(Gen.Elements("true", "false"))
        from hasParameters in Gen.Elements(false, true)
        from choice in Gen.Elements("", "\"auto\"", "\"none\"", "\"required\"", """{"type":"function","function":{"name":"f"}}""", """{"type":"custom","custom":{"name":"c"}}""")
        from parallel in Gen.Elements<bool?>(null, true, false)
        select ((JsonObject?)Tool(description, strict, hasParameters), choice.Length == 0 ? null : JsonNode.Parse(choice), parallel);

    private static Gen<JsonObject> Fields =>
        from pick in Gen.ArrayOf(Gen.Elements(false, true), 12)
        from number in Gen.Choose(0, 100)
        from effort in Gen.Elements("none", "minimal", "low", "medium", "high", "xhigh", "max")
        from level in Gen.Elements("low", "medium", "high")
        from format in Gen.Elements(
            """{"type":"json_object"}""",
            """{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"string"}}},"strict":true}}""",
            """{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{}}}""")
        from text in SomeText
        select Pick(pick, new JsonObject
        {
            ["temperature"] = number / 50.0,
            ["top_p"] = number / 100.0,
            ["presence_penalty"] = (number / 25.0) - 2,
            ["frequency_penalty"] = 2 - (number / 25.0),
            ["max_completion_tokens"] = 16 + number,
            ["reasoning_effort"] = effort,
            ["verbosity"] = level,
            ["response_format"] = JsonNode.Parse(format),
            ["logprobs"] = true,
            ["service_tier"] = number % 2 == 0 ? "flex" : "priority",
            ["prompt_cache_key"] = text.Length > 64 ? "k" : text,
            ["user"] = text,
        });

    private static Gen<IReadOnlyList<JsonObject>> Turn() => Gen.OneOf(
        Gen.Elements("user", "system", "developer").SelectMany(Message).Select(m => (IReadOnlyList<JsonObject>)[m]),
        Assistant().Select(m => (IReadOnlyList<JsonObject>)[m]),
        from content in Maybe(SomeText)
        from calls in Gen.ListOf(Call(), 2)
        from count in Gen.Choose(1, 2)
        from outputs in Gen.ListOf(Text, 2)
        select CallTurn(content, [.. calls.Take(count)], [.. outputs]));

    private static Gen<JsonObject> Message(string role) =>
        from content in Gen.OneOf(Text.Select(t => (JsonNode)t), Gen.ListOf(Part(role == "user"), 2).Select(parts => (JsonNode)new JsonArray([.. parts.Select(p => p.DeepClone())])))
        select new JsonObject { ["role"] = role, ["content"] = content.DeepClone() };

    private static Gen<JsonNode> Part(bool media)
    {
        var text = Text.Select(t => (JsonNode)new JsonObject { ["type"] = "text", ["text"] = t });
        return !media ? text : Gen.OneOf(
            text,
            from url in SomeText
            from detail in Gen.Elements("", "auto", "low", "high")
            select (JsonNode)new JsonObject { ["type"] = "image_url", ["image_url"] = detail.Length == 0 ? new JsonObject { ["url"] = url } : new JsonObject { ["url"] = url, ["detail"] = detail } },
            SomeText.Select(d => (JsonNode)new JsonObject { ["type"] = "file", ["file"] = new JsonObject { ["filename"] = "n", ["file_data"] = d } }),
            SomeText.Select(d => (JsonNode)new JsonObject { ["type"] = "input_audio", ["input_audio"] = new JsonObject { ["data"] = d, ["format"] = "wav" } }));
    }

    private static Gen<JsonObject> Assistant() =>
        from content in Text
        from refusal in Maybe(SomeText)
        select refusal is null
            ? new JsonObject { ["role"] = "assistant", ["content"] = content }
            : new JsonObject { ["role"] = "assistant", ["content"] = content.Length == 0 ? null : content, ["refusal"] = refusal };

    private static Gen<JsonObject> Call() =>
        from said in Text
        from isCustom in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        select isCustom
            ? new JsonObject { ["id"] = "", ["type"] = "custom", ["custom"] = new JsonObject { ["name"] = "c", ["input"] = said } }
            : new JsonObject { ["id"] = "", ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["arguments"] = said } };

    private static IReadOnlyList<JsonObject> CallTurn(string? content, JsonObject[] calls, string[] outputs)
    {
        var all = new JsonArray();
        List<JsonObject> turn = [new JsonObject { ["role"] = "assistant", ["content"] = content, ["tool_calls"] = all }];
        for (var i = 0; i < calls.Length; i++)
        {
            var call = calls[i].DeepClone().AsObject();
            call["id"] = $"call_{i}";
            all.Add(call);
            turn.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = $"call_{i}", ["content"] = outputs[i] });
        }

        return turn;
    }

    private static JsonObject Tool(string? description, string? strict, bool hasParameters)
    {
        var function = new JsonObject { ["name"] = "f" };
        if (description is not null)
            function["description"] = description;
        if (hasParameters)
            function["parameters"] = JsonNode.Parse("""{"type":"object","properties":{"a":{"type":"string","enum":["x",null,1.5e3]}}}""");
        if (strict is not null)
            function["strict"] = strict == "true";
        return new JsonObject
        {
            ["tools"] = new JsonArray(
                new JsonObject { ["type"] = "function", ["function"] = function },
                JsonNode.Parse("""{"type":"custom","custom":{"name":"c","format":{"type":"grammar","grammar":{"syntax":"regex","definition":"a+"}}}}""")),
        };
    }

    private static JsonObject Pick(bool[] pick, JsonObject all)
    {
        var names = all.Select(p => p.Key).ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            if (!pick[i])
                all.Remove(names[i]);
        }

        if (all["logprobs"] is not null)
            all["top_logprobs"] = 3;
        return all;
    }

    private static JsonObject Compose(JsonObject[] messages, (JsonObject? Tools, JsonNode? Choice, bool? Parallel)? tools, JsonObject fields)
    {
        var request = new JsonObject { ["model"] = "m", ["messages"] = new JsonArray([.. messages.Select(m => m.DeepClone())]) };
        if (tools is { Tools: { } declared } said)
        {
            request["tools"] = declared["tools"]!.DeepClone();
            if (said.Choice is { } choice)
                request["tool_choice"] = choice.DeepClone();
            if (said.Parallel is { } parallel)
                request["parallel_tool_calls"] = parallel;
        }

        foreach (var (name, value) in fields)
            request[name] = value?.DeepClone();
        return request;
    }

    private static JsonObject ComposeCompletion(
        string? content, string? refusal, string? reasoning, JsonObject[] calls, string reason, bool probs, bool cites, int[] tokens)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = content, ["refusal"] = refusal };
        if (reasoning is not null)
            message["reasoning_content"] = reasoning;
        if (calls.Length > 0)
            message["tool_calls"] = new JsonArray([.. calls.Select((c, i) => With(c, "id", $"call_{i}"))]);
        if (cites)
            message["annotations"] = JsonNode.Parse("""[{"type":"url_citation","url_citation":{"start_index":0,"end_index":1,"url":"u","title":"t"}}]""");
        return new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 5,
            ["model"] = "m",
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["message"] = message,
                ["logprobs"] = probs ? JsonNode.Parse("""{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"b","logprob":-1,"bytes":[98]}]}],"refusal":null}""") : null,
                ["finish_reason"] = reason == "stop" && calls.Length > 0 ? "tool_calls" : reason,
            }),
            ["usage"] = new JsonObject
            {
                ["prompt_tokens"] = tokens[0] + tokens[1],
                ["completion_tokens"] = tokens[2] + tokens[3],
                ["total_tokens"] = tokens.Sum(),
                ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = tokens[1] },
                ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = tokens[3] },
            },
            ["service_tier"] = "default",
        };
    }

    private static JsonNode With(JsonObject json, string field, string value)
    {
        var copy = json.DeepClone().AsObject();
        copy[field] = value;
        return copy;
    }

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : class => Gen.OneOf(Gen.Constant<T?>(null), gen.Select(v => (T?)v));

    private static Gen<(JsonObject?, JsonNode?, bool?)?> Maybe(Gen<(JsonObject?, JsonNode?, bool?)> gen) =>
        Gen.OneOf(Gen.Constant<(JsonObject?, JsonNode?, bool?)?>(null), gen.Select(v => ((JsonObject?, JsonNode?, bool?)?)v));

    private static string WellFormed(string text) => new([.. text.Where(c => !char.IsSurrogate(c))]);
}
