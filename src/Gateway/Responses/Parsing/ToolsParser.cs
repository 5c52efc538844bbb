using System.Text.Json;

namespace AiGateway.Responses.Parsing;

/// <summary>
/// <c>tools</c> (<c>spec/responses.md</c> §5, §6): functions and custom tools are checked, OpenAI's hosted kinds and prefixed
/// extensions are kept as they came, since only a provider that has them can judge them.
/// </summary>
internal static class ToolsParser
{
    /// <summary>OpenAI's longest tool name; Open Responses has 64.</summary>
    public const int MaxName = 128;

    private static readonly string[] Kinds =
    [
        "function", "custom", "web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11", "file_search",
        "code_interpreter", "image_generation", "mcp", "computer", "computer_use_preview", "local_shell", "shell", "apply_patch", "namespace",
        "tool_search", "programmatic_tool_calling",
    ];

    private static readonly string[] CustomFormats = ["text", "grammar"];
    private static readonly string[] Syntaxes = ["lark", "regex"];

    public static JsonElement[] Read(FieldReader root)
    {
        if (!root.HasArray("tools", out var array, "an array of objects") || array.GetArrayLength() == 0)
            return [];
        var tools = new JsonElement[array.GetArrayLength()];
        var i = 0;
        foreach (var tool in array.EnumerateArray())
        {
            Check(FieldReader.Object(tool, FieldPath.Of("tools", i)));
            tools[i++] = tool;
        }

        return tools;
    }

    private static void Check(FieldReader tool)
    {
        if (!tool.HasString("type", out var type))
            throw tool.Missing("type");
        if (type.ValueEquals("function"u8))
            CheckFunction(tool);
        else if (type.ValueEquals("custom"u8))
            CheckCustom(tool);
        else if (!ExtensionName.Is(type))
            _ = tool.OneOf("type", Kinds);
    }

    private static void CheckFunction(FieldReader tool)
    {
        _ = tool.RequiredName("name", MaxName);
        tool.CheckText("description");
        _ = tool.HasObject("parameters", out _);
        _ = tool.Flag("strict");
    }

    private static void CheckCustom(FieldReader tool)
    {
        _ = tool.RequiredName("name", MaxName);
        tool.CheckText("description");
        if (!tool.HasObject("format", out var format))
            return;
        var type = format.OneOf("type", CustomFormats) ?? throw format.Missing("type");
        if (type != "grammar")
            return;
        _ = format.OneOf("syntax", Syntaxes) ?? throw format.Missing("syntax");
        format.CheckRequiredText("definition");
    }
}
