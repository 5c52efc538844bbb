using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary>One input item (<c>spec/responses.md</c> §4). Items that only OpenAI knows, and prefixed extensions, are kept as they came.</summary>
internal static class ItemParser
{
    /// <summary>OpenAI's largest compaction blob, 20 Mi characters; Open Responses has half of it.</summary>
    private const int MaxEncrypted = 20_971_520;

    private const int MaxCallId = 64;

    private static readonly string[] Kinds =
    [
        "message", "function_call", "function_call_output", "reasoning", "item_reference", "compaction", "compaction_trigger", "custom_tool_call",
        "custom_tool_call_output", "file_search_call", "web_search_call", "computer_call", "computer_call_output", "image_generation_call",
        "code_interpreter_call", "local_shell_call", "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call",
        "apply_patch_call_output", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response", "mcp_call", "tool_search_call",
        "tool_search_output", "additional_tools", "program", "program_output",
    ];

    private static readonly string[] Statuses = ["in_progress", "completed", "incomplete"];

    /// <summary>Checks an item.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Its type, told from its fields where the client left it out.</returns>
    /// <exception cref="GatewayException">400, with the path of what is wrong.</exception>
    public static string Check(FieldReader item)
    {
        if (!item.HasString("type", out var named))
            return CheckUntyped(item);
        if (ExtensionName.Is(named))
            return named.GetString()!;
        var type = item.OneOf("type", Kinds)!;
        item.CheckText("id");
        switch (type)
        {
            case "message":
                MessageParser.Check(item);
                break;
            case "function_call":
                _ = item.RequiredId("call_id", MaxCallId);
                _ = item.RequiredName("name", ToolsParser.MaxName);
                item.CheckRequiredText("arguments", int.MaxValue);
                _ = item.OneOf("status", Statuses);
                break;
            case "custom_tool_call":
                _ = item.RequiredId("call_id", MaxCallId);
                _ = item.RequiredId("name", ToolsParser.MaxName);
                item.CheckRequiredText("input", int.MaxValue);
                break;
            case "function_call_output" or "custom_tool_call_output":
                _ = item.RequiredId("call_id", MaxCallId);
                ContentParser.Check(item, "output", ContentParser.OutputParts);
                _ = item.OneOf("status", Statuses);
                break;
            case "reasoning":
                CheckReasoning(item);
                break;
            case "compaction":
                item.CheckRequiredText("encrypted_content", MaxEncrypted);
                break;
            case "item_reference":
                _ = item.RequiredId("id", int.MaxValue);
                break;
        }

        return type;
    }

    private static string CheckUntyped(FieldReader item)
    {
        if (item.Has("role"))
        {
            item.CheckText("id");
            MessageParser.Check(item);
            return "message";
        }

        if (!item.Has("id"))
            throw item.Missing("type");
        _ = item.RequiredId("id", int.MaxValue);
        foreach (var property in item.Json.EnumerateObject())
        {
            // With anything more than an id it is not a reference but an item that lacks its type.
            if (!property.NameEquals("id"u8) && !property.NameEquals("type"u8) && property.Value.ValueKind != JsonValueKind.Null)
                throw item.Missing("type");
        }

        return "item_reference";
    }

    private static void CheckReasoning(FieldReader item)
    {
        if (!item.Has("summary"))
            throw item.Missing("summary");
        CheckTexts(item, "summary", "summary_text");
        CheckTexts(item, "content", "reasoning_text");
        item.CheckText("encrypted_content", int.MaxValue);
        _ = item.OneOf("status", Statuses);
    }

    private static void CheckTexts(FieldReader item, string field, string kind)
    {
        if (!item.HasArray(field, out var parts, "an array of objects"))
            return;
        var i = 0;
        foreach (var element in parts.EnumerateArray())
        {
            var part = FieldReader.Object(element, item.Path.Then(field, i++));
            _ = part.OneOf("type", [kind]) ?? throw part.Missing("type");
            part.CheckRequiredText("text");
        }
    }
}
