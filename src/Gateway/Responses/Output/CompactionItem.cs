using System.Text.Json;

namespace AiGateway.Responses.Output;

/// <summary>What stands for everything before it in a conversation; opaque to clients.</summary>
internal sealed class CompactionItem(string id, int index, string encryptedContent) : OutputItem(id, index)
{
    public override string Type => "compaction";

    protected override void WriteMembers(Utf8JsonWriter json) => json.WriteString("encrypted_content"u8, encryptedContent);
}
