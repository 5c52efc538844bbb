using System.Text.Json;
using static AiGateway.Telemetry.Content.MessageWriter;

namespace AiGateway.Telemetry.Content;

/// <summary>What a request for chat or a response says, as <c>gen_ai.input.messages</c> and <c>gen_ai.system_instructions</c>.</summary>
internal static class RequestMessages
{
    /// <summary>Its messages.</summary>
    /// <param name="request">The body.</param>
    /// <returns>JSON; null where it has none.</returns>
    public static string? Of(JsonElement request)
    {
        if (MessageWriter.Of(request, "messages") is { ValueKind: JsonValueKind.Array } messages)
            return List(json => Each(messages, message => Chat(json, message)));
        return MessageWriter.Of(request, "input") switch
        {
            { ValueKind: JsonValueKind.String } text => List(json => Message(json, "user", parts => Parts(parts, text))),
            { ValueKind: JsonValueKind.Array } items => List(json => Each(items, item => Message(json, RoleOf(item), parts => Item(parts, item)))),
            _ => null,
        };
    }

    /// <summary>Its instructions, where they stand beside the messages.</summary>
    /// <param name="request">The body.</param>
    /// <returns>JSON; null where it has none.</returns>
    public static string? Instructions(JsonElement request) =>
        Member(request, "instructions") is { } text ? List(json => Text(json, "text", text)) : null;

    private static void Each(JsonElement list, Action<JsonElement> write)
    {
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
                write(item);
        }
    }

    private static void Chat(Utf8JsonWriter json, JsonElement message)
    {
        var role = Member(message, "role") ?? "user";
        Message(json, role, parts =>
        {
            if (role is "tool" or "function")
            {
                ToolResponse(parts, Member(message, "tool_call_id"), MessageWriter.Of(message, "content"));
                return;
            }

            Parts(parts, MessageWriter.Of(message, "content"));
            ToolCalls(parts, message);
        });
    }

    private static string RoleOf(JsonElement item) => Member(item, "role") ?? Member(item, "type") switch
    {
        { } type when type.EndsWith("_output", StringComparison.Ordinal) => "tool",
        null => "user",
        _ => "assistant",
    };
}
