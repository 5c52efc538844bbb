using System.Text.Json;

namespace AiGateway.Responses;

/// <summary>What an item is to the conversation that it stands in.</summary>
internal static class ContextItems
{
    public static bool IsCall(InputItem item) => item.Type is "function_call" or "custom_tool_call";

    public static bool IsOutput(InputItem item) => item.Type is "function_call_output" or "custom_tool_call_output";

    /// <summary>Whether two items are a call and its output, or belong to the same one.</summary>
    public static string? CallIdOf(InputItem item) => IsCall(item) || IsOutput(item) ? Text(item, "call_id"u8) : null;

    public static bool IsMessageOf(InputItem item, string role) => item.Type == "message" && Text(item, "role"u8) == role;

    /// <summary>Whether the item is what an operator or developer told the model, which holds for the whole conversation.</summary>
    public static bool IsRule(InputItem item) => item.Type == "message" && Text(item, "role"u8) is "system" or "developer";

    /// <summary>Whether somebody other than the model said it: a message, or what a tool gave.</summary>
    public static bool IsForModel(InputItem item) => IsOutput(item) || (item.Type == "message" && Text(item, "role"u8) != "assistant");

    /// <summary>A member that is a string; null for anything else.</summary>
    public static string? Text(InputItem item, ReadOnlySpan<byte> name) =>
        item.Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>
    /// Where the newest turn begins: what the model is to answer now. That is the last run of messages and tool outputs, with the calls that the outputs
    /// answer and the reasoning that led to them. What a compaction stands for is no part of it.
    /// </summary>
    /// <param name="items">The whole context, in order.</param>
    /// <returns>An index; the number of items where there is none.</returns>
    public static int NewestTurn(IReadOnlyList<InputItem> items)
    {
        var start = items.Count;
        while (start > 0 && !IsForModel(items[start - 1]))
            start--;
        if (start == 0)
            return 0;
        while (start > 0 && IsForModel(items[start - 1]) && !Compaction.CompactionSummary.Is(items[start - 1]))
            start--;
        return WithCalls(items, start);
    }

    private static int WithCalls(IReadOnlyList<InputItem> items, int start)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        for (var i = items.Count - 1; i >= start; i--)
            Note(items[i], missing);
        var first = start;
        for (var i = start - 1; i >= 0 && missing.Count > 0; i--)
        {
            Note(items[i], missing);
            if (IsCall(items[i]))
                first = i;
        }

        while (first < start && first > 0 && items[first - 1].Type == "reasoning")
            first--;
        return first;
    }

    private static void Note(InputItem item, HashSet<string> missing)
    {
        if (CallIdOf(item) is not { } id)
            return;
        if (IsCall(item))
            missing.Remove(id);
        else
            missing.Add(id);
    }
}
