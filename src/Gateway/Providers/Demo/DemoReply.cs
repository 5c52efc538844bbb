using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>A whole answer to a chat request, before it is written as one body or as chunks.</summary>
/// <param name="Request">The request.</param>
/// <param name="Id">The completion's id.</param>
/// <param name="Created">When it was made, in seconds since 1970.</param>
/// <param name="Choices">The choices.</param>
internal sealed record DemoReply(DemoChatRequest Request, string Id, long Created, IReadOnlyList<DemoChoice> Choices)
{
    public const string Fingerprint = "fp_demo";

    public int PromptTokens => Request.PromptTokens;

    public int CompletionTokens => Choices.Sum(c => c.Tokens);

    public int ReasoningTokens => Choices.Sum(c => c.Reasoning.Count);

    /// <summary>Makes up the answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="hash">What ids are made from: the same for the same request.</param>
    /// <param name="created">When, in seconds since 1970.</param>
    public static DemoReply To(DemoChatRequest request, string hash, long created)
    {
        var calls = request.Messages.ToolResults.Count > 0 ? [] : request.Tools.ToCall(request.Messages.UserText);
        var choices = Enumerable.Range(0, request.Choices).Select(i => Choice(request, calls, hash, i));
        return new DemoReply(request, Ids.ChatCompletion + hash, created, [.. choices]);
    }

    private static DemoChoice Choice(DemoChatRequest request, IReadOnlyList<DemoTool> tools, string hash, int index)
    {
        var left = request.MaxTokens ?? int.MaxValue;
        var isCut = false;
        var reasoning = request.Reasons ? Take(Reasoning(request, tools), ref left, ref isCut) : [];
        if (tools.Count > 0)
        {
            var calls = new List<DemoCall>();
            for (var i = 0; i < tools.Count && left > 0 && !isCut; i++)
            {
                var arguments = Take(Arguments(tools[i], request.Messages.UserText), ref left, ref isCut);
                calls.Add(new DemoCall(Ids.Call + DemoHash.Hex($"{hash}/{index}/{i}"), tools[i].Name, arguments));
            }

            isCut |= calls.Count < tools.Count;
            return new DemoChoice(index, reasoning, [], calls, isCut ? "length" : "tool_calls");
        }

        var content = Take(Stopped(Text(request, index), request.Stop), ref left, ref isCut);
        return new DemoChoice(index, reasoning, content, [], isCut ? "length" : "stop");
    }

    private static List<string> Take(string text, ref int left, ref bool isCut)
    {
        var tokens = DemoTokens.Split(text);
        if (tokens.Count > left)
        {
            isCut = true;
            tokens.RemoveRange(left, tokens.Count - left);
        }

        left -= tokens.Count;
        return tokens;
    }

    private static string Reasoning(DemoChatRequest request, IReadOnlyList<DemoTool> tools) => tools.Count > 0
        ? $"The user said: {request.Messages.UserText} I will call {string.Join(" and ", tools.Select(t => t.Name))}."
        : $"The user said: {request.Messages.UserText} I will answer plainly.";

    private static string Arguments(DemoTool tool, string userText) => tool.Parameters is { } schema
        ? DemoSchema.Make(schema, userText).ToJsonString(JsonFormat.SerializerOptions)
        : "{}";

    private static string Text(DemoChatRequest request, int index)
    {
        if (request.Format.Schema is { } schema)
            return DemoSchema.Make(schema, request.Messages.UserText).ToJsonString(JsonFormat.SerializerOptions);
        var text = request.Messages.ToolResults.Count > 0
            ? string.Join(' ', request.Messages.ToolResults.Select(r => $"{r.Tool} returned: {r.Result}"))
            : $"You said: {request.Messages.UserText}";
        if (index > 0)
            text += $" (choice {index + 1})";
        return request.Format.IsJson
            ? JsonSerializer.Serialize(new JsonObject { ["answer"] = text }, JsonFormat.SerializerOptions)
            : text;
    }

    private static string Stopped(string text, IReadOnlyList<string> stops)
    {
        foreach (var stop in stops)
        {
            if (stop.Length > 0 && text.IndexOf(stop, StringComparison.Ordinal) is >= 0 and var at)
                text = text[..at];
        }

        return text;
    }
}
