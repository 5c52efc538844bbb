using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>What a request gets when nothing is scripted: by the end of its path, whatever comes before.</summary>
internal static class StandardAnswers
{
    private const string Greeting = "Hello! How can I help you today?";

    public static Script For(ReceivedRequest request) => (request.Method, request.RawPath) switch
    {
        ("POST", var path) when path.EndsWith("/chat/completions", StringComparison.Ordinal) => ChatAnswer(request),
        ("POST", var path) when path.EndsWith("/responses", StringComparison.Ordinal) => ResponsesAnswer(request),
        ("POST", var path) when path.EndsWith("/embeddings", StringComparison.Ordinal) => EmbeddingsAnswer.For(request),
        ("POST", var path) when path.EndsWith("/images/generations", StringComparison.Ordinal) => ImagesAnswer.For(request),
        ("GET", var path) when path.EndsWith("/models", StringComparison.Ordinal) => ModelsAnswer.List(),
        ("GET", var path) when path.Contains("/models/", StringComparison.Ordinal) => ModelsAnswer.One(path),
        ("GET", var path) when path.EndsWith("/health", StringComparison.Ordinal) => Script.Json("""{"status":"ok"}"""),
        _ => Errors.OpenAi(404, "invalid_request_error", "unknown_url", $"Unknown request URL: {request.Method} {request.RawPath}."),
    };

    private static Script ChatAnswer(ReceivedRequest request) =>
        PacedStream.Asked(request.Field("model")?.ToString(), request.Header(PacedStream.HeaderName)) is { } pace && request.Asks("stream") ? Paced.Chat(pace)
        : Call(request, tool => tool["function"]?["name"]) is { } call ? Chat.ToolCalls(call)
        : Chat.Text(Greeting);

    private static Script ResponsesAnswer(ReceivedRequest request) =>
        Call(request, tool => tool["name"]) is { } call ? NativeResponses.ToolCalls(call) : NativeResponses.Text(Greeting);

    /// <summary>Calls the first function there is; once there are results in the conversation, it is time to talk.</summary>
    private static ToolCall? Call(ReceivedRequest request, Func<JsonNode, JsonNode?> nameOf)
    {
        if (request.Field("tool_choice") is JsonValue choice && choice.ToString() == "none" || AlreadyCalled(request)) return null;
        var name = (request.Field("tools") as JsonArray)?
            .Where(tool => tool?["type"]?.ToString() == "function")
            .Select(tool => nameOf(tool!)?.ToString())
            .FirstOrDefault();
        return name is null ? null : new ToolCall($"call_upstream_{request.Number:D4}", name, """{"location":"Paris"}""");
    }

    private static bool AlreadyCalled(ReceivedRequest request) =>
        ((request.Field("messages") ?? request.Field("input")) as JsonArray)?.LastOrDefault() is JsonObject last
        && (last["role"]?.ToString() == "tool" || last["type"]?.ToString() == "function_call_output");
}
