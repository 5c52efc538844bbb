using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Translation.ChatToResponse;

/// <summary>Reads chat's annotations, which nest what the Responses API has flat.</summary>
internal static class AnnotationReader
{
    public static void Read(ref Utf8JsonReader reader, List<byte[]> annotations)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        using var array = JsonDocument.ParseValue(ref reader);
        foreach (var annotation in array.RootElement.EnumerateArray())
        {
            if (annotation.ValueKind == JsonValueKind.Object
                && annotation.TryGetProperty("url_citation"u8, out var citation) && citation.ValueKind == JsonValueKind.Object
                && TryFlatten(citation) is { } flat)
            {
                annotations.Add(flat);
            }
        }
    }

    // All four members are required where the annotation arrives: one that lacks a place is dropped, one without a title is not.
    private static byte[]? TryFlatten(JsonElement citation)
    {
        if (!citation.TryGetProperty("url"u8, out var url) || url.ValueKind != JsonValueKind.String
            || !citation.TryGetProperty("start_index"u8, out var start) || !start.TryGetInt64(out var from)
            || !citation.TryGetProperty("end_index"u8, out var end) || !end.TryGetInt64(out var to))
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "url_citation"u8);
            json.WriteNumber("start_index"u8, from);
            json.WriteNumber("end_index"u8, to);
            json.WriteString("url"u8, url.GetString());
            json.WriteString("title"u8, citation.TryGetProperty("title"u8, out var title) && title.ValueKind == JsonValueKind.String ? title.GetString() : "");
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
