using System.Text.Json;
using System.Text.Unicode;

namespace AiGateway.Translation;

/// <summary>The fragments in which chat tells a call: first who is called, then what with.</summary>
internal static class ChatCallDelta
{
    /// <summary>Writes the first fragment, which alone has the id and the name.</summary>
    public static void WriteStart(Utf8JsonWriter writer, JsonElement call, int index, bool isLegacy)
    {
        if (isLegacy)
        {
            writer.WriteStartObject("function_call"u8);
            writer.CopyField(call, "name"u8);
            writer.WriteString("arguments"u8, ""u8);
            writer.WriteEndObject();
            return;
        }

        var isFunction = call.Says("type"u8, "function_call"u8);
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.CopyField(call, "call_id"u8, "id"u8);
        writer.WriteString("type"u8, isFunction ? "function"u8 : "custom"u8);
        writer.WriteStartObject(isFunction ? "function"u8 : "custom"u8);
        writer.CopyField(call, "name"u8);
        writer.WriteString(isFunction ? "arguments"u8 : "input"u8, ""u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    /// <summary>What stands before and behind the text of a later fragment.</summary>
    /// <param name="buffer">Room for what stands before; 80 bytes do.</param>
    /// <param name="kind">The item's type.</param>
    /// <param name="index">The index among the calls.</param>
    /// <param name="isLegacy">Whether the older form is used.</param>
    public static FragmentFrame Fragment(Span<byte> buffer, string kind, int index, bool isLegacy)
    {
        if (isLegacy)
            return new("\"function_call\":{\"arguments\":"u8, "}"u8);
        Utf8.TryWrite(buffer, $"\"tool_calls\":[{{\"index\":{index},\"{(kind == "function_call" ? "function" : "custom")}\":{{\"{(kind == "function_call" ? "arguments" : "input")}\":", out var length);
        return new(buffer[..length], "}}]"u8);
    }

    /// <summary>What encloses a fragment's text.</summary>
    internal readonly ref struct FragmentFrame(ReadOnlySpan<byte> opening, ReadOnlySpan<byte> closing)
    {
        private readonly ReadOnlySpan<byte> _opening = opening;
        private readonly ReadOnlySpan<byte> _closing = closing;

        public void Deconstruct(out ReadOnlySpan<byte> opening, out ReadOnlySpan<byte> closing)
        {
            opening = _opening;
            closing = _closing;
        }
    }
}
