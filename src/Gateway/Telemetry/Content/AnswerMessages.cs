using System.Text.Json;
using static AiGateway.Telemetry.Content.MessageWriter;

namespace AiGateway.Telemetry.Content;

/// <summary>What a completion or a response says, as <c>gen_ai.output.messages</c>.</summary>
internal static class AnswerMessages
{
    /// <summary>Its messages.</summary>
    /// <param name="answer">A completion, a response, or a response's last event.</param>
    /// <returns>JSON; null where there is nothing said.</returns>
    public static string? Of(JsonElement answer)
    {
        var choices = Items(answer, "choices").ToList();
        if (choices.Count > 0)
            return List(json => choices.ForEach(choice => Choice(json, choice)));
        var response = MessageWriter.Of(answer, "response") is { ValueKind: JsonValueKind.Object } inner ? inner : answer;
        var items = Items(response, "output").Where(item => item.ValueKind == JsonValueKind.Object).ToList();
        return items.Count == 0 ? null : List(json => Message(json, "assistant", parts => items.ForEach(item => Item(parts, item)), ReasonOf(response, items)));
    }

    private static void Choice(Utf8JsonWriter json, JsonElement choice)
    {
        var message = MessageWriter.Of(choice, "message");
        var reason = Member(choice, "finish_reason") switch
        {
            "tool_calls" or "function_call" => "tool_call",
            var other => other ?? "",
        };
        Message(
            json,
            Member(message, "role") ?? "assistant",
            parts =>
            {
                if ((Member(message, "reasoning_content") ?? Member(message, "reasoning")) is { } reasoning)
                    Text(parts, "reasoning", reasoning);
                Parts(parts, MessageWriter.Of(message, "content"));
                if (Member(message, "refusal") is { } refusal)
                    Text(parts, "refusal", refusal);
                ToolCalls(parts, message);
            },
            reason);
    }

    private static string ReasonOf(JsonElement response, List<JsonElement> items) => Member(response, "status") switch
    {
        "failed" or "cancelled" => "error",
        "incomplete" => Member(MessageWriter.Of(response, "incomplete_details"), "reason") == "content_filter" ? "content_filter" : "length",
        _ => items.Exists(item => Member(item, "type") is "function_call" or "custom_tool_call") ? "tool_call" : "stop",
    };
}
