using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Compaction;

/// <summary>
/// Writes the answer of <c>POST /v1/responses/compact</c> (<c>spec/responses.md</c> §14): the user messages as they were, then one compaction item. It is a new
/// input, not a response: its id leads nowhere.
/// </summary>
internal static class CompactedOutput
{
    /// <summary>Writes it.</summary>
    /// <param name="userMessages">The user messages, in order.</param>
    /// <param name="encryptedContent">The compaction item's content.</param>
    /// <param name="usage">What the summary cost.</param>
    /// <param name="time">When it is.</param>
    public static ReadOnlyMemory<byte> Write(IEnumerable<InputItem> userMessages, string encryptedContent, TokenUsage usage, TimeProvider time)
    {
        var id = Ids.NewResponse(time);
        var ids = new ItemIds(id);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("object"u8, "response.compaction"u8);
            json.WriteNumber("created_at"u8, time.GetUtcNow().ToUnixTimeSeconds());
            json.WriteStartArray("output"u8);
            foreach (var message in userMessages)
                WriteMessage(json, message, ids.Next(Ids.Message));
            json.WriteStartObject();
            json.WriteString("id"u8, ids.Next(Ids.Compaction));
            json.WriteString("type"u8, "compaction"u8);
            json.WriteString("encrypted_content"u8, encryptedContent);
            json.WriteEndObject();
            json.WriteEndArray();
            ResponseSnapshot.WriteUsage(json, usage);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteMessage(Utf8JsonWriter json, InputItem message, string id)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, ContextItems.Text(message, "id"u8) ?? id);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("status"u8, "completed"u8);
        json.WriteString("role"u8, "user"u8);
        json.WriteStartArray("content"u8);
        var content = message.Json.GetProperty("content"u8);
        if (content.ValueKind == JsonValueKind.String)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "input_text"u8);
            json.WriteString("text"u8, content.GetString());
            json.WriteEndObject();
        }
        else
        {
            foreach (var part in content.EnumerateArray())
                WritePart(json, part);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // An output's image says both of these; an input's may leave them out.
    private static void WritePart(Utf8JsonWriter json, JsonElement part)
    {
        json.WriteStartObject();
        foreach (var member in part.EnumerateObject())
        {
            if (!member.NameEquals("detail"u8) || member.Value.ValueKind != JsonValueKind.Null)
                member.WriteTo(json);
        }

        if (part.TryGetProperty("type"u8, out var type) && type.ValueEquals("input_image"u8))
        {
            if (!part.TryGetProperty("image_url"u8, out _))
                json.WriteNull("image_url"u8);
            if (!part.TryGetProperty("detail"u8, out var detail) || detail.ValueKind == JsonValueKind.Null)
                json.WriteString("detail"u8, "auto"u8);
        }

        json.WriteEndObject();
    }
}
