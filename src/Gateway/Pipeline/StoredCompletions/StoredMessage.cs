using System.Text.Json;

namespace AiGateway.Pipeline.StoredCompletions;

/// <summary>A message of a kept completion's request as its client sees it.</summary>
/// <param name="Id">Its id: the completion's and its place.</param>
/// <param name="Json">The message as it was sent.</param>
internal sealed record StoredMessage(string Id, JsonElement Json)
{
    /// <summary>Reads the messages of a completion.</summary>
    /// <param name="completionId">The completion's id.</param>
    /// <param name="messages">A JSON array.</param>
    /// <returns>The messages, in order.</returns>
    public static IReadOnlyList<StoredMessage> Read(string completionId, JsonElement messages) =>
        [.. messages.EnumerateArray().Select((message, place) => new StoredMessage($"{completionId}-{place}", message))];

    /// <summary>Writes the message. Content in parts goes by the name of parts: content is text here, or nothing.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        var parts = default(JsonElement);
        foreach (var member in Json.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Array && member.NameEquals("content"u8))
                parts = member.Value;
            else if (!member.NameEquals("id"u8) && !member.NameEquals("content_parts"u8))
                member.WriteTo(json);
        }

        if (parts.ValueKind == JsonValueKind.Array || !Json.TryGetProperty("content"u8, out _))
            json.WriteNull("content"u8);
        if (!Json.TryGetProperty("name"u8, out _))
            json.WriteNull("name"u8);
        json.WritePropertyName("content_parts"u8);
        if (parts.ValueKind == JsonValueKind.Array)
            parts.WriteTo(json);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }
}
