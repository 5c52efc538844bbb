using System.Text.Json;
using AiGateway.Responses;

namespace AiGateway.Translation;

/// <summary>What an item is to a chat conversation.</summary>
internal static class ChatItems
{
    public static bool IsCall(InputItem item) => item.Type is "function_call" or "custom_tool_call";

    public static bool IsOutput(InputItem item) => item.Type is "function_call_output" or "custom_tool_call_output";

    public static bool IsAssistant(InputItem item) =>
        item.Type == "message" && item.Json.TryGetProperty("role"u8, out var role) && role.ValueEquals("assistant"u8);

    /// <summary>Whether the item is part of what the model said in one turn, which chat puts into one message.</summary>
    public static bool IsModelTurn(InputItem item) => item.Type == "reasoning" || IsCall(item) || IsAssistant(item);

    public static string CallId(InputItem item) => item.Json.GetProperty("call_id"u8).GetString()!;

    public static bool HasCallId(InputItem item, string callId) => item.Json.GetProperty("call_id"u8).ValueEquals(callId);

    /// <summary>The parts of a content; none where it is a string.</summary>
    public static JsonElement.ArrayEnumerator Parts(JsonElement content) =>
        content.ValueKind == JsonValueKind.Array ? content.EnumerateArray() : default;
}
