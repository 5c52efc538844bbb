using System.Text;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Telemetry.Content;

/// <summary>
/// Writes messages as OpenTelemetry's conventions have them (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-input-messages.json and its like): a role and parts. Whatever a
/// client or a provider sends is looked at member by member, and what is not as expected is left out.
/// </summary>
internal static class MessageWriter
{
    /// <summary>Makes a list of messages or parts.</summary>
    /// <param name="write">Writes them.</param>
    /// <returns>JSON.</returns>
    public static string List(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(JsonBytes.Of(json =>
    {
        json.WriteStartArray();
        write(json);
        json.WriteEndArray();
    }).Span);

    /// <summary>A message of one role.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="role">The role.</param>
    /// <param name="parts">Writes its parts.</param>
    /// <param name="finishReason">Why it ended; null for a message of the input.</param>
    public static void Message(Utf8JsonWriter json, string role, Action<Utf8JsonWriter> parts, string? finishReason = null)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteStartArray("parts"u8);
        parts(json);
        json.WriteEndArray();
        if (finishReason is not null)
            json.WriteString("finish_reason"u8, finishReason);
        json.WriteEndObject();
    }

    /// <summary>The parts of a message's content: a text, or a list of text and other things. Of the others only the kind is told.</summary>
    public static void Parts(Utf8JsonWriter json, JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            Text(json, "text", content.GetString()!);
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
            return;
        foreach (var part in content.EnumerateArray())
        {
            if (Member(part, "type") is not { } type)
                continue;
            if (Member(part, type == "refusal" ? "refusal" : "text") is { } text)
                Text(json, type == "refusal" ? type : "text", text);
            else
                Kind(json, type);
        }
    }

    /// <summary>A part that is text.</summary>
    public static void Text(Utf8JsonWriter json, string type, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
    }

    /// <summary>A part of which only the kind is told.</summary>
    public static void Kind(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteEndObject();
    }

    /// <summary>A call of a tool.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="id">The call's id; null for none.</param>
    /// <param name="name">The tool.</param>
    /// <param name="arguments">Its arguments: JSON, or whatever the model made of it.</param>
    public static void ToolCall(Utf8JsonWriter json, string? id, string name, string? arguments)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_call"u8);
        json.WriteString("id"u8, id);
        json.WriteString("name"u8, name);
        json.WritePropertyName("arguments"u8);
        try
        {
            using var parsed = JsonDocument.Parse(arguments ?? "null", JsonFormat.DocumentOptions);
            parsed.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(arguments);
        }

        json.WriteEndObject();
    }

    /// <summary>What a tool answered.</summary>
    public static void ToolResponse(Utf8JsonWriter json, string? id, JsonElement response)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_call_response"u8);
        json.WriteString("id"u8, id);
        json.WritePropertyName("response"u8);
        if (response.ValueKind == JsonValueKind.Undefined)
            json.WriteNullValue();
        else
            response.WriteTo(json);
        json.WriteEndObject();
    }

    /// <summary>The tool calls of a chat message.</summary>
    public static void ToolCalls(Utf8JsonWriter json, JsonElement message)
    {
        foreach (var call in Items(message, "tool_calls"))
        {
            var function = Of(call, Member(call, "type") == "custom" ? "custom" : "function");
            if (Member(function, "name") is { } name)
                ToolCall(json, Member(call, "id"), name, Member(function, "arguments") ?? Member(function, "input"));
        }
    }

    /// <summary>A message of the Responses API, a call or its output, or another item, of which only the kind is told.</summary>
    public static void Item(Utf8JsonWriter json, JsonElement item)
    {
        switch (Member(item, "type") ?? "message")
        {
            case "message":
                Parts(json, Of(item, "content"));
                break;
            case "function_call" or "custom_tool_call":
                ToolCall(json, Member(item, "call_id"), Member(item, "name") ?? "", Member(item, "arguments") ?? Member(item, "input"));
                break;
            case "function_call_output" or "custom_tool_call_output":
                ToolResponse(json, Member(item, "call_id"), Of(item, "output"));
                break;
            case "reasoning":
                foreach (var part in Items(item, "summary").Concat(Items(item, "content")))
                {
                    if (Member(part, "text") is { } text)
                        Text(json, "reasoning", text);
                }

                break;
            case var other:
                Kind(json, other);
                break;
        }
    }

    /// <summary>A member; undefined where there is none.</summary>
    public static JsonElement Of(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A member that is a text; null for any other, or none.</summary>
    public static string? Member(JsonElement holder, string name) => Of(holder, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>What a member lists; nothing where it is no list.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement holder, string name) => Of(holder, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
