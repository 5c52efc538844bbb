using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>Finds an item by its id alone, wherever it is kept: in a response, to which its id leads, or in a conversation.</summary>
/// <param name="conversations">Where conversations are kept.</param>
/// <param name="engine">Where responses are; null where there are none.</param>
internal sealed class KeptItems(IConversationStore conversations, IResponseEngine? engine = null)
{
    /// <summary>Finds an item.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The item, which is the caller's; null where there is none, or it is another tenant's.</returns>
    public async ValueTask<JsonElement?> FindAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        if (engine is not null
            && Ids.ResponseOf(id) is { } responseId
            && await engine.FindAsync(tenant, responseId, cancellationToken) is { IsEnded: true } response
            && (FindIn(response.Body, "output", id) ?? FindIn(response.Input, null, id)) is { } found)
        {
            return found;
        }

        return await conversations.FindItemAsync(tenant, null, id, cancellationToken) is { } kept ? Parse(kept.Item.Json) : null;
    }

    private static JsonElement? FindIn(ReadOnlyMemory<byte> utf8, string? member, string id)
    {
        using var document = JsonDocument.Parse(utf8, JsonFormat.DocumentOptions);
        var items = document.RootElement;
        if (member is not null && !items.TryGetProperty(member, out items))
            return null;
        foreach (var item in items.EnumerateArray())
        {
            if (item.TryGetProperty("id"u8, out var own) && own.ValueKind == JsonValueKind.String && own.ValueEquals(id))
                return item.Clone();
        }

        return null;
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, JsonFormat.DocumentOptions);
        return document.RootElement.Clone();
    }
}
