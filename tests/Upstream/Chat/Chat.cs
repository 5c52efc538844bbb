namespace AiGateway.Upstream;

/// <summary>Chat completions; each is JSON or a stream by the request's <c>stream</c>.</summary>
public static class Chat
{
    public static Script Reply(ChatTurn turn) => Script.By(request => request.Asks("stream")
        ? Script.Sse([.. ChatStream.Of(turn, request)]).Header("x-request-id", $"req_upstream_{request.Number:D4}")
        : Script.Json(ChatCompletion.Of(turn, request)).Header("x-request-id", $"req_upstream_{request.Number:D4}"));

    /// <summary>Text; <paramref name="chunks"/>, together the text, say how a stream cuts it (default: by words).</summary>
    public static Script Text(string text, params string[] chunks) => chunks.Length == 0 || string.Concat(chunks) == text
        ? Reply(new ChatTurn { Text = text, Chunks = chunks })
        : throw new ArgumentException("The chunks are not the text.", nameof(chunks));

    public static Script ToolCalls(params ToolCall[] calls) => ToolCalls(ToolCallStyle.Fragmented, calls);

    public static Script ToolCalls(ToolCallStyle style, params ToolCall[] calls) => Reply(new ChatTurn { ToolCalls = calls, Style = style });

    /// <summary>Reasoning, then text; <paramref name="field"/> is <c>reasoning_content</c> or <c>reasoning</c>.</summary>
    public static Script Reasoning(string reasoning, string text, string field = "reasoning_content") => Reply(new ChatTurn
    {
        Reasoning = reasoning,
        ReasoningField = field,
        Text = text,
        Usage = new ChatUsage(Completion: 9, Reasoning: 4),
    });

    public static Script Refusal(string refusal) => Reply(new ChatTurn { Refusal = refusal });

    /// <summary>Cut off at the token limit.</summary>
    public static Script Length(string text) => Reply(new ChatTurn { Text = text, FinishReason = "length" });

    /// <summary>Cut off by the provider's filter.</summary>
    public static Script ContentFilter(string text) => Reply(new ChatTurn { Text = text, FinishReason = "content_filter" });

    public static Script Logprobs(string text, params string[] chunks) => Reply(new ChatTurn { Text = text, Chunks = chunks, Logprobs = true });
}
