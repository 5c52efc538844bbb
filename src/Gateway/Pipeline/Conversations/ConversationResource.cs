using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Pipeline.Conversations;

/// <summary>A conversation as its client sees it.</summary>
internal static class ConversationResource
{
    /// <summary>The conversation object.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Render(StoredConversation conversation) => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, conversation.Id);
        json.WriteString("object"u8, "conversation"u8);
        json.WriteNumber("created_at"u8, conversation.CreatedAt.ToUnixTimeSeconds());
        json.WritePropertyName("metadata"u8);
        json.WriteRawValue(conversation.Metadata.Span, skipInputValidation: true);
        json.WriteEndObject();
    });

    /// <summary>What is left to say of one that is gone.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> RenderDeleted(string id) => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, "conversation.deleted"u8);
        json.WriteBoolean("deleted"u8, true);
        json.WriteEndObject();
    });
}
