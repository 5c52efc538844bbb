using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Translation;

/// <summary>The content of a message that is not the assistant's: a string, or parts where there is more than one text.</summary>
internal static class ChatContentWriter
{
    public static void Write(Utf8JsonWriter writer, JsonElement content, ItemPlace place, bool media)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            writer.WriteCopy(content);
            return;
        }

        var count = content.GetArrayLength();
        if (count == 0)
        {
            writer.WriteStringValue(""u8);
            return;
        }

        if (count == 1 && content[0].Says("type"u8, "input_text"u8) && !content[0].Has("prompt_cache_breakpoint"u8, out _))
        {
            writer.WriteCopy(content[0].GetProperty("text"u8));
            return;
        }

        writer.WriteStartArray();
        var i = 0;
        foreach (var part in content.EnumerateArray())
        {
            var type = part.GetProperty("type"u8);
            if (!media && !type.ValueEquals("input_text"u8))
                throw new GatewayException(ChatUnsupported.Value(place.To("content", i, "type"), type.GetString()!));
            WritePart(writer, part, place, "content", i++);
        }

        writer.WriteEndArray();
    }

    public static void WritePart(Utf8JsonWriter writer, JsonElement part, ItemPlace place, string field, int index)
    {
        var type = part.GetProperty("type"u8);
        writer.WriteStartObject();
        if (type.ValueEquals("input_text"u8))
        {
            writer.WriteString("type"u8, "text"u8);
            writer.WriteCopy("text"u8, part.GetProperty("text"u8));
        }
        else if (type.ValueEquals("input_image"u8))
        {
            WriteImage(writer, part, place, field, index);
        }
        else if (type.ValueEquals("input_file"u8))
        {
            WriteFile(writer, part, place, field, index);
        }
        else if (type.ValueEquals("input_audio"u8))
        {
            writer.WriteString("type"u8, "input_audio"u8);
            writer.WriteCopy("input_audio"u8, part.GetProperty("input_audio"u8));
        }
        else if (type.ValueEquals("input_video"u8))
        {
            writer.WriteString("type"u8, "video_url"u8);
            writer.WriteStartObject("video_url"u8);
            writer.WriteCopy("url"u8, part.GetProperty("video_url"u8));
            writer.WriteEndObject();
        }
        else
        {
            throw new GatewayException(ChatUnsupported.Value(place.To(field, index, "type"), type.GetString()!));
        }

        writer.CopyField(part, "prompt_cache_breakpoint"u8);
        writer.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter writer, JsonElement part, ItemPlace place, string field, int index)
    {
        if (!part.Has("image_url"u8, out var url))
            throw new GatewayException(ChatUnsupported.Parameter(place.To(field, index, "file_id")));
        writer.WriteString("type"u8, "image_url"u8);
        writer.WriteStartObject("image_url"u8);
        writer.WriteCopy("url"u8, url);

        // Chat has no "original"; "high" is as near as it comes.
        if (part.Says("detail"u8, "original"u8))
            writer.WriteString("detail"u8, "high"u8);
        else
            writer.CopyField(part, "detail"u8);
        writer.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter writer, JsonElement part, ItemPlace place, string field, int index)
    {
        if (!part.Has("file_data"u8, out _) && !part.Has("file_id"u8, out _))
            throw new GatewayException(ChatUnsupported.Parameter(place.To(field, index, "file_url")));
        writer.WriteString("type"u8, "file"u8);
        writer.WriteStartObject("file"u8);
        writer.CopyField(part, "filename"u8);
        writer.CopyField(part, "file_data"u8);
        writer.CopyField(part, "file_id"u8);
        writer.WriteEndObject();
    }
}
