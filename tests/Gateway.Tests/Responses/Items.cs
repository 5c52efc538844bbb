using System.Text.Json;
using AiGateway.Responses;

namespace AiGateway.Tests.Responses;

/// <summary>Items as a context has them.</summary>
internal static class Items
{
    public static InputItem Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement.Clone();
        return new InputItem(root.TryGetProperty("type", out var type) ? type.GetString()! : "message", root);
    }

    public static InputItem Message(string role, string text) => Of($$"""{"type":"message","role":"{{role}}","content":{{JsonSerializer.Serialize(text)}}}""");

    public static InputItem User(string text) => Message("user", text);

    public static InputItem Assistant(string text) => Message("assistant", text);

    public static InputItem Call(string id, string arguments = "{}") =>
        Of($$"""{"type":"function_call","call_id":"{{id}}","name":"f","arguments":{{JsonSerializer.Serialize(arguments)}}}""");

    public static InputItem Output(string id, string text = "ok") => Of($$"""{"type":"function_call_output","call_id":"{{id}}","output":{{JsonSerializer.Serialize(text)}}}""");

    public static InputItem Reasoning(string text = "hm") => Of($$"""{"type":"reasoning","summary":[{"type":"summary_text","text":"{{text}}"}]}""");

    /// <summary>A word for each item: its role, or its type and call.</summary>
    public static string Sketch(IEnumerable<InputItem> items) => string.Join(' ', items.Select(item =>
        item.Type == "message" ? $"{ContextItems.Text(item, "role"u8)}:{item.Json.GetProperty("content")}"
        : ContextItems.CallIdOf(item) is { } call ? $"{(ContextItems.IsCall(item) ? "call" : "output")}:{call}"
        : item.Type));
}
