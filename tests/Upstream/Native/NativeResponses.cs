namespace AiGateway.Upstream;

/// <summary>Answers of a provider that has the Responses API itself; each is JSON or a stream by the request's <c>stream</c>.</summary>
/// <remarks>Not named <c>Responses</c>: inside the namespaces of the product's tests that word means the namespace.</remarks>
public static class NativeResponses
{
    public static Script Reply(NativeTurn turn) => Script.By(request =>
        (request.Asks("stream") ? NativeStream.Script(turn, request) : Script.Json(NativeResponse.Final(turn, request)))
        .Header("x-request-id", $"req_upstream_{request.Number:D4}"));

    public static Script Reply(params NativeItem[] items) => Reply(new NativeTurn { Items = items });

    public static Script Text(string text, params string[] chunks) => chunks.Length == 0 || string.Concat(chunks) == text
        ? Reply(new NativeMessage(text) { Chunks = chunks })
        : throw new ArgumentException("The chunks are not the text.", nameof(chunks));

    public static Script ToolCalls(params ToolCall[] calls) => Reply([.. calls.Select(call => new NativeFunctionCall(call))]);

    /// <summary>Reasoning with a summary, a raw trace or neither, then text.</summary>
    public static Script Reasoning(string text, string? summary = null, string? content = null, string? encrypted = null) => Reply(new NativeTurn
    {
        Items = [new NativeReasoning { Summary = summary, Content = content, Encrypted = encrypted }, new NativeMessage(text)],
        OutputTokens = 9,
        ReasoningTokens = 4,
    });

    public static Script Refusal(string refusal) => Reply(new NativeMessage(refusal) { IsRefusal = true });

    public static Script Length(string text) => Reply(new NativeTurn { Items = [new NativeMessage(text)], IncompleteReason = "max_output_tokens" });

    public static Script ContentFilter(string text) => Reply(new NativeTurn { Items = [new NativeMessage(text)], IncompleteReason = "content_filter" });

    public static Script Logprobs(string text, params string[] chunks) => Reply(new NativeMessage(text) { Chunks = chunks, Logprobs = true });

    /// <summary>Fails behind this much text: <c>error</c>, then <c>response.failed</c>; as JSON a response whose status is <c>failed</c>.</summary>
    public static Script Failed(string code, string message, string? text = null) => Reply(new NativeTurn
    {
        Items = text is null ? [] : [new NativeMessage(text)],
        ErrorCode = code,
        ErrorMessage = message,
    });
}
