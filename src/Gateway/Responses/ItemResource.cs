using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>
/// An item as lists of items show it, whatever short form its client sent: with a type, an id, a status, and content in parts
/// (<c>spec/responses.md</c> §14). What only those see who ask for it is left out, or null where the item's form demands a value.
/// </summary>
internal static class ItemResource
{
    // OpenAI gives these no status.
    private static readonly string[] Stateless =
        ["additional_tools", "compaction", "mcp_approval_request", "mcp_approval_response", "mcp_list_tools", "program"];

    /// <summary>An item as it is kept: in full, and in the form in which it is shown.</summary>
    /// <param name="item">The item, checked.</param>
    /// <param name="id">The id that it is to have.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Normalize(JsonElement item, string id) => JsonBytes.Of(json => Write(json, item, id, ItemInclude.Everything));

    /// <summary>Writes an item.</summary>
    /// <param name="json">Where; positioned where a value is expected.</param>
    /// <param name="item">The item, checked.</param>
    /// <param name="id">The id that it is to have; null for its own.</param>
    /// <param name="include">What to show.</param>
    public static void Write(Utf8JsonWriter json, JsonElement item, string? id, ItemInclude include)
    {
        var type = Text(item, "type") ?? (item.TryGetProperty("role"u8, out _) ? "message" : "item_reference");
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("id"u8, id ?? Text(item, "id"));
        if (!Stateless.Contains(type, StringComparer.Ordinal))
            json.WriteString("status"u8, Text(item, "status") ?? "completed");
        foreach (var member in item.EnumerateObject())
        {
            if (!member.NameEquals("type"u8) && !member.NameEquals("id"u8) && !member.NameEquals("status"u8))
                WriteMember(json, type, item, member, include);
        }

        json.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter json, string type, JsonElement item, JsonProperty member, ItemInclude include)
    {
        switch (type, member.Name)
        {
            case ("message", "content"):
                json.WritePropertyName("content"u8);
                ItemContent.Write(json, member.Value, Text(item, "role") == "assistant", include);
                break;
            case ("function_call_output" or "custom_tool_call_output", "output") when member.Value.ValueKind == JsonValueKind.Array:
                json.WritePropertyName("output"u8);
                ItemContent.Write(json, member.Value, isOutput: false, include);
                break;
            case ("reasoning", "encrypted_content") when !include.HasFlag(ItemInclude.EncryptedReasoning):
            case ("web_search_call", "results") when !include.HasFlag(ItemInclude.WebSearchResults):
                break;
            case ("file_search_call", "results") when !include.HasFlag(ItemInclude.FileSearchResults):
            case ("code_interpreter_call", "outputs") when !include.HasFlag(ItemInclude.CodeOutputs):
                json.WriteNull(member.Name);
                break;
            case ("web_search_call", "action") when !include.HasFlag(ItemInclude.WebSearchSources):
                WriteWithout(json, member, "sources");
                break;
            case ("computer_call_output", "output") when !include.HasFlag(ItemInclude.ComputerImages):
                WriteWithout(json, member, "image_url");
                break;
            default:
                member.WriteTo(json);
                break;
        }
    }

    private static void WriteWithout(Utf8JsonWriter json, JsonProperty holder, string hidden)
    {
        if (holder.Value.ValueKind != JsonValueKind.Object)
        {
            holder.WriteTo(json);
            return;
        }

        json.WriteStartObject(holder.Name);
        foreach (var member in holder.Value.EnumerateObject())
        {
            if (!member.NameEquals(hidden))
                member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
