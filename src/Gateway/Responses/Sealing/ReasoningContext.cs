using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Compaction;

namespace AiGateway.Responses.Sealing;

/// <summary>What becomes of encrypted reasoning that comes back. What is not sealed by us passes as it came.</summary>
internal static class ReasoningContext
{
    /// <summary>Whether there is anything to open.</summary>
    public static bool HasOurs(IReadOnlyList<InputItem> items)
    {
        foreach (var item in items)
        {
            if (IsOurs(item))
                return true;
        }

        return false;
    }

    /// <summary>Opens everything that is ours, and says who should go on: the provider that made the last of it, where the same model is asked again.</summary>
    /// <param name="items">The whole context, in order.</param>
    /// <param name="own">How many of the last items stand in the request itself: only these have a path.</param>
    /// <param name="sealer">Who opens.</param>
    /// <param name="tenant">Whose they must be.</param>
    /// <param name="model">The model that the client asks for now. One who asks for another model wants that, whoever serves it.</param>
    /// <returns>The provider's name; null where it does not matter.</returns>
    /// <exception cref="GatewayException">400 <c>invalid_encrypted_content</c>: one was changed, or is another tenant's.</exception>
    public static string? Maker(IReadOnlyList<InputItem> items, int own, Sealer sealer, string? tenant, string model)
    {
        string? maker = null;
        for (var i = 0; i < items.Count; i++)
        {
            if (IsOurs(items[i]) && ReasoningContent.Open(items[i], sealer, tenant, CompactedContext.ParamOf(i - (items.Count - own))) is var content)
                maker = content.Model == model ? content.Provider : maker;
        }

        return maker;
    }

    /// <summary>Makes a context fit for a provider: its own encrypted reasoning as it gave it, nobody else's; an item that has nothing else then is left out.</summary>
    /// <param name="items">The whole context, in order.</param>
    /// <param name="sealer">Who opens.</param>
    /// <param name="tenant">Whose they must be.</param>
    /// <param name="provider">The provider's name; null for one that takes no encrypted reasoning.</param>
    /// <returns>What the provider is to get.</returns>
    /// <exception cref="GatewayException">400 <c>invalid_encrypted_content</c>.</exception>
    public static IReadOnlyList<InputItem> For(IReadOnlyList<InputItem> items, Sealer sealer, string? tenant, string? provider)
    {
        var result = new List<InputItem>(items.Count);
        foreach (var item in items)
        {
            if (!IsOurs(item))
            {
                result.Add(item);
                continue;
            }

            var content = ReasoningContent.Open(item, sealer, tenant, CompactedContext.ParamOf(-1));
            var isMaker = string.Equals(content.Provider, provider, StringComparison.OrdinalIgnoreCase);
            if (isMaker || SaysMore(item))
                result.Add(With(item, isMaker ? content.Original : null));
        }

        return result;
    }

    private static bool IsOurs(InputItem item) => item.Type == "reasoning" && ContextItems.Text(item, "encrypted_content"u8) is { } text && Sealer.IsOurs(text);

    private static bool SaysMore(InputItem item) => HasMembers(item.Json, "summary"u8) || HasMembers(item.Json, "content"u8);

    private static bool HasMembers(JsonElement item, ReadOnlySpan<byte> name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0;

    private static InputItem With(InputItem item, string? encryptedContent)
    {
        var members = item.Json.EnumerateObject()
            .Where(member => !member.NameEquals("encrypted_content"u8))
            .ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        if (encryptedContent is not null)
            members["encrypted_content"] = JsonSerializer.SerializeToElement(encryptedContent, JsonFormat.SerializerOptions);
        return item with { Json = JsonSerializer.SerializeToElement(members, JsonFormat.SerializerOptions) };
    }
}
