using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Webhooks;

/// <summary>An event as OpenAI's webhooks have it (<c>spec/responses.md</c> §13).</summary>
internal static class WebhookEvent
{
    /// <summary>Writes an event.</summary>
    /// <param name="id">The event's id.</param>
    /// <param name="type">Its type.</param>
    /// <param name="createdAt">When it happened.</param>
    /// <param name="responseId">The response that it is about.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] Write(string id, string type, DateTimeOffset createdAt, string responseId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "event"u8);
            json.WriteString("id"u8, id);
            json.WriteString("type"u8, type);
            json.WriteNumber("created_at"u8, createdAt.ToUnixTimeSeconds());
            json.WriteStartObject("data"u8);
            json.WriteString("id"u8, responseId);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>When an event happened, to the second.</summary>
    /// <param name="json">The event.</param>
    public static DateTimeOffset CreatedAt(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, JsonFormat.DocumentOptions);
        return DateTimeOffset.FromUnixTimeSeconds(document.RootElement.GetProperty("created_at"u8).GetInt64());
    }
}
