using System.Text.Json;

namespace AiGateway.Responses.Output;

/// <summary>An assistant message.</summary>
internal sealed class MessageItem(string id, int index) : OutputItem(id, index)
{
    public List<ContentPart> Parts { get; } = [];

    public override string Type => "message";

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("role"u8, "assistant"u8);
        json.WriteStartArray("content"u8);
        foreach (var part in Parts)
            part.Write(json);
        json.WriteEndArray();
    }
}
