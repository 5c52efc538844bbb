using System.Text;
using System.Text.Json;

namespace AiGateway.Responses.Compaction;

/// <summary>A conversation as a text, for a model that is to summarise and not to continue it: who said what, which tools gave what. What is no text is named only.</summary>
internal static class Transcript
{
    /// <summary>Writes items.</summary>
    /// <param name="items">The items, in order.</param>
    public static string Of(IEnumerable<InputItem> items)
    {
        var text = new StringBuilder();
        foreach (var item in items)
            Add(text, item);
        return text.ToString().TrimEnd();
    }

    private static void Add(StringBuilder text, InputItem item)
    {
        var said = item.Type switch
        {
            "message" => Content(item, "content"u8),
            "function_call" => ContextItems.Text(item, "arguments"u8) ?? "",
            "custom_tool_call" => ContextItems.Text(item, "input"u8) ?? "",
            "function_call_output" or "custom_tool_call_output" => Content(item, "output"u8),
            "reasoning" => string.Join('\n', ((string[])[Content(item, "summary"u8), Content(item, "content"u8)]).Where(part => part.Length > 0)),
            _ => item.Json.GetRawText(),
        };
        if (said.Length == 0 && item.Type == "reasoning")
            return;
        text.Append('[').Append(Title(item)).Append("]\n").Append(said).Append("\n\n");
    }

    private static string Title(InputItem item) => item.Type switch
    {
        "message" => ContextItems.Text(item, "role"u8) ?? "user",
        "function_call" or "custom_tool_call" => $"assistant calls {ContextItems.Text(item, "name"u8)} as {ContextItems.CallIdOf(item)}",
        "function_call_output" or "custom_tool_call_output" => $"result of {ContextItems.CallIdOf(item)}",
        "reasoning" => "assistant thinks",
        _ => item.Type,
    };

    private static string Content(InputItem item, ReadOnlySpan<byte> name)
    {
        if (!item.Json.TryGetProperty(name, out var content))
            return "";
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Select(Part)),
            _ => "",
        };
    }

    private static string Part(JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object)
            return "";
        if (part.TryGetProperty("text"u8, out var text) && text.ValueKind == JsonValueKind.String)
            return text.GetString()!;
        if (part.TryGetProperty("refusal"u8, out var refusal) && refusal.ValueKind == JsonValueKind.String)
            return refusal.GetString()!;
        return part.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String ? $"({type.GetString()!.Replace("input_", "", StringComparison.Ordinal)})" : "";
    }
}
