using System.Text.Json;

namespace AiGateway.Responses.Output;

/// <summary>A model's raw reasoning.</summary>
internal sealed class ReasoningItem(string id, int index) : OutputItem(id, index)
{
    /// <summary>The one part; null until its <c>content_part.added</c>.</summary>
    public ContentPart? Part { get; set; }

    public override string Type => "reasoning";

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteStartArray("summary"u8);
        json.WriteEndArray();
        json.WriteStartArray("content"u8);
        Part?.Write(json);
        json.WriteEndArray();
    }
}
