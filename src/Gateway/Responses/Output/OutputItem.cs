using System.Text.Json;

namespace AiGateway.Responses.Output;

/// <summary>One item of a response's output while it grows (<c>spec/responses.md</c> §9).</summary>
/// <param name="id">Its id, ours.</param>
/// <param name="index">Its place in the output, from 0.</param>
internal abstract class OutputItem(string id, int index)
{
    public const string InProgress = "in_progress";
    public const string Completed = "completed";
    public const string Incomplete = "incomplete";

    public string Id { get; } = id;

    public int Index { get; } = index;

    /// <summary>in_progress, completed or incomplete. Never changes after a terminal one.</summary>
    public string Status { get; set; } = InProgress;

    public bool IsOpen => Status == InProgress;

    public abstract string Type { get; }

    /// <summary>Writes the item as it stands.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("type"u8, Type);
        json.WriteString("status"u8, Status);
        WriteMembers(json);
        json.WriteEndObject();
    }

    protected abstract void WriteMembers(Utf8JsonWriter json);
}
