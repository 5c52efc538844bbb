using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Compaction;

/// <summary>The message that stands for what a compaction left out. It comes from the user: what a model made of texts that anybody may have written is no rule.</summary>
internal static class CompactionSummary
{
    /// <summary>What the message begins with.</summary>
    public const string Lead = "This is a summary of the earlier conversation, which was compacted:\n\n";

    /// <summary>Whether an item is such a message.</summary>
    public static bool Is(InputItem item) =>
        ContextItems.IsMessageOf(item, "user")
        && item.Json.TryGetProperty("content"u8, out var content)
        && content.ValueKind == JsonValueKind.String
        && content.GetString()!.StartsWith(Lead, StringComparison.Ordinal);

    /// <summary>Makes one.</summary>
    /// <param name="summary">What it is to say.</param>
    public static InputItem Of(string summary)
    {
        var item = new { type = "message", role = "user", content = Lead + summary };
        return new InputItem("message", JsonSerializer.SerializeToElement(item, JsonFormat.SerializerOptions));
    }
}
