using System.Text.Json;

namespace AiGateway.Translation;

/// <summary>Annotations, flat in the Responses API and nested in chat, which knows only those that cite a URL.</summary>
internal static class ChatAnnotations
{
    public static bool IsCitation(JsonElement annotation) => annotation.Says("type"u8, "url_citation"u8);

    /// <summary>Writes one.</summary>
    /// <param name="writer">Where to write, inside an array.</param>
    /// <param name="annotation">The annotation.</param>
    /// <param name="offset">How much text chat's one content has before the part that the indices count in.</param>
    public static void Write(Utf8JsonWriter writer, JsonElement annotation, int offset)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "url_citation"u8);
        writer.WriteStartObject("url_citation"u8);
        WriteIndex(writer, annotation, "start_index"u8, offset);
        WriteIndex(writer, annotation, "end_index"u8, offset);
        writer.CopyField(annotation, "url"u8);
        writer.CopyField(annotation, "title"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteIndex(Utf8JsonWriter writer, JsonElement annotation, ReadOnlySpan<byte> name, int offset)
    {
        if (annotation.Has(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var index))
            writer.WriteNumber(name, index + offset);
    }
}
