using System.Text.Json;
using AiGateway.Responses;

namespace AiGateway.Translation;

/// <summary>What a tool gave back: its text as a tool message, the rest for a user message behind it.</summary>
internal static class ChatOutputWriter
{
    public static bool HasMedia(InputItem item)
    {
        foreach (var part in ChatItems.Parts(item.Json.GetProperty("output"u8)))
        {
            if (!part.Says("type"u8, "input_text"u8))
                return true;
        }

        return false;
    }

    public static void Write(Utf8JsonWriter writer, InputItem item)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, "tool"u8);
        writer.WriteCopy("tool_call_id"u8, item.Json.GetProperty("call_id"u8));
        writer.WritePropertyName("content"u8);
        WriteText(writer, item.Json.GetProperty("output"u8));
        writer.WriteEndObject();
    }

    /// <summary>The parts that are no text, behind a line that says whose they are.</summary>
    public static void WriteMedia(Utf8JsonWriter writer, InputItem item, ItemPlace place)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, $"Output of tool call {ChatItems.CallId(item)}:");
        writer.WriteEndObject();
        var i = 0;
        foreach (var part in item.Json.GetProperty("output"u8).EnumerateArray())
        {
            if (!part.Says("type"u8, "input_text"u8))
                ChatContentWriter.WritePart(writer, part, place, "output", i);
            i++;
        }
    }

    private static void WriteText(Utf8JsonWriter writer, JsonElement output)
    {
        if (output.ValueKind == JsonValueKind.String)
        {
            writer.WriteCopy(output);
            return;
        }

        var texts = 0;
        JsonElement first = default;
        foreach (var part in output.EnumerateArray())
        {
            if (part.Says("type"u8, "input_text"u8) && texts++ == 0)
                first = part.GetProperty("text"u8);
        }

        if (texts == 0)
        {
            // Empty content is refused by some providers, and would leave the model guessing.
            writer.WriteStringValue(output.GetArrayLength() == 0 ? ""u8 : "The output is in the next message."u8);
            return;
        }

        if (texts == 1)
        {
            writer.WriteCopy(first);
            return;
        }

        writer.WriteStartArray();
        foreach (var part in output.EnumerateArray())
        {
            if (!part.Says("type"u8, "input_text"u8))
                continue;
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            writer.WriteCopy("text"u8, part.GetProperty("text"u8));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
