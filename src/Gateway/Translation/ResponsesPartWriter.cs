using System.Text.Json;
using AiGateway.Responses.Parsing;

namespace AiGateway.Translation;

/// <summary>The content of chat messages to the content of items.</summary>
internal static class ResponsesPartWriter
{
    private static readonly string[] TextParts = ["text"];
    private static readonly string[] UserParts = ["text", "image_url", "file", "input_audio", "video_url"];
    private static readonly string[] AssistantParts = ["text", "refusal"];

    /// <summary>Writes what somebody other than the assistant said: a string, or parts.</summary>
    public static void WriteInput(Utf8JsonWriter writer, FieldReader message, string field, bool media)
    {
        if (!message.Has(field, out var content))
            throw message.Missing(field);
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                writer.WriteCopy(content);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                var i = 0;
                foreach (var element in content.EnumerateArray())
                    WritePart(writer, FieldReader.Object(element, message.Path.Then(field, i++)), media);
                writer.WriteEndArray();
                break;
            default:
                throw message.WrongType(field, "one of a string or an array of objects", content);
        }
    }

    /// <summary>Writes the message item of an assistant message, if it says anything.</summary>
    public static void WriteAssistant(Utf8JsonWriter writer, FieldReader message, bool isRequired)
    {
        var hasContent = message.Has("content", out var content);
        if (hasContent && content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            throw message.WrongType("content", "one of a string or an array of objects", content);
        var hasRefusal = message.HasString("refusal", out var refusal);
        if (!hasContent && !hasRefusal && isRequired)
            throw message.Missing("content");
        if (IsEmpty(content) && !hasRefusal && !(isRequired && hasContent))
            return;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        if (content.ValueKind == JsonValueKind.String && !hasRefusal)
        {
            writer.WriteCopy("content"u8, content);
        }
        else
        {
            writer.WriteStartArray("content"u8);
            WriteAssistantParts(writer, message, content);
            if (hasRefusal)
                WriteText(writer, "refusal"u8, "refusal"u8, refusal);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static bool IsEmpty(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.ValueEquals(""u8),
        JsonValueKind.Array => content.GetArrayLength() == 0,
        _ => true,
    };

    private static void WriteAssistantParts(Utf8JsonWriter writer, FieldReader message, JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            if (!content.ValueEquals(""u8))
                WriteText(writer, "output_text"u8, "text"u8, content);
            return;
        }

        var i = 0;
        foreach (var element in ChatItems.Parts(content))
        {
            var part = FieldReader.Object(element, message.Path.Then("content", i++));
            var type = part.OneOf("type", AssistantParts) ?? throw part.Missing("type");
            if (!part.HasString(type, out var text))
                throw part.Missing(type);
            if (type == "text")
                WriteText(writer, "output_text"u8, "text"u8, text);
            else
                WriteText(writer, "refusal"u8, "refusal"u8, text);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> type, ReadOnlySpan<byte> field, JsonElement text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteCopy(field, text);
        writer.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter writer, FieldReader part, bool media)
    {
        var type = part.OneOf("type", media ? UserParts : TextParts) ?? throw part.Missing("type");
        writer.WriteStartObject();
        switch (type)
        {
            case "text":
                part.CheckRequiredText("text");
                writer.WriteString("type"u8, "input_text"u8);
                writer.CopyField(part.Json, "text"u8);
                break;
            case "image_url":
                var image = Inner(part, type);
                image.CheckRequiredText("url", int.MaxValue);
                writer.WriteString("type"u8, "input_image"u8);
                writer.CopyField(image.Json, "url"u8, "image_url"u8);
                writer.CopyField(image.Json, "detail"u8);
                break;
            case "file":
                var file = Inner(part, type);
                if (!file.Has("file_data") && !file.Has("file_id"))
                    throw file.Missing("file_data");
                writer.WriteString("type"u8, "input_file"u8);
                writer.CopyField(file.Json, "filename"u8);
                writer.CopyField(file.Json, "file_data"u8);
                writer.CopyField(file.Json, "file_id"u8);
                break;
            case "input_audio":
                writer.WriteString("type"u8, "input_audio"u8);
                writer.WriteCopy("input_audio"u8, Inner(part, type).Json);
                break;
            default:
                var video = Inner(part, type);
                video.CheckRequiredText("url", int.MaxValue);
                writer.WriteString("type"u8, "input_video"u8);
                writer.CopyField(video.Json, "url"u8, "video_url"u8);
                break;
        }

        writer.CopyField(part.Json, "prompt_cache_breakpoint"u8);
        writer.WriteEndObject();
    }

    private static FieldReader Inner(FieldReader part, string type) =>
        part.HasObject(type, out var inner) ? inner : throw part.Missing(type);
}
