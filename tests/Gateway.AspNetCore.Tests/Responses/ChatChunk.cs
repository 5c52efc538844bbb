namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>Chunks of a chat stream word by word, for what no script of the provider's says.</summary>
internal static class ChatChunk
{
    /// <summary>A chunk with this delta, as JSON text.</summary>
    public static string Of(string delta, string? finish = null) =>
        $$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741476777,"model":"up","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(finish is null ? "null" : $"\"{finish}\"")}}}]}""";

    /// <summary>A chunk with one fragment of a tool call.</summary>
    public static string Call(string fragment) => Of($$"""{"tool_calls":[{{fragment}}]}""");
}
