using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary><c>tool_choice</c> in all its forms (<c>spec/responses.md</c> §5). What it names must be among the tools.</summary>
internal static class ToolChoiceParser
{
    private static readonly string[] Modes = ["none", "auto", "required"];

    private static readonly string[] Kinds =
    [
        "function", "custom", "allowed_tools", "mcp", "file_search", "web_search_preview", "web_search_preview_2025_03_11", "web_search", "computer",
        "computer_use_preview", "computer_use", "image_generation", "code_interpreter", "apply_patch", "shell", "programmatic_tool_calling",
    ];

    public static ToolChoice Read(FieldReader root, IReadOnlyList<JsonElement> tools)
    {
        if (!root.Has("tool_choice", out var value))
            return ToolChoice.Auto;
        if (value.ValueKind == JsonValueKind.String)
        {
            var mode = root.OneOf("tool_choice", Modes)!;
            return mode != "required" || tools.Count > 0 ? new ToolChoice { Mode = mode } : throw FieldErrors.WrongValue(
                "tool_choice", "Tool choice 'required' must be specified with 'tools' parameter.");
        }

        if (value.ValueKind != JsonValueKind.Object)
            throw root.WrongType("tool_choice", "one of a string or an object", value);
        var choice = new FieldReader(value, FieldPath.Of("tool_choice"));
        if (!choice.HasString("type", out var type))
            throw choice.Missing("type");
        if (ExtensionName.Is(type))
            return new ToolChoice { Mode = "required", Json = value, NativeOnly = true };
        switch (choice.OneOf("type", Kinds))
        {
            case "function":
                return new ToolChoice { Mode = "required", Function = Named(choice, "function", tools), Json = value };
            case "custom":
                return new ToolChoice { Mode = "required", Custom = Named(choice, "custom", tools), Json = value };
            case "allowed_tools":
                return ReadAllowed(choice, tools);
            default:
                return new ToolChoice { Mode = "required", Json = value, NativeOnly = true };
        }
    }

    private static ToolChoice ReadAllowed(FieldReader choice, IReadOnlyList<JsonElement> tools)
    {
        var mode = choice.OneOf("mode", Modes) ?? "auto";
        if (!choice.HasArray("tools", out var array, "an array of objects"))
            throw choice.Missing("tools");
        if (array.GetArrayLength() == 0)
            throw FieldErrors.EmptyArray(choice.Path.To("tools"));
        if (array.GetArrayLength() > 128)
            throw FieldErrors.ArrayTooLong(choice.Path.To("tools"), 128, array.GetArrayLength());
        var names = new List<string>(array.GetArrayLength());
        var (i, native) = (0, false);
        foreach (var element in array.EnumerateArray())
        {
            var entry = FieldReader.Object(element, choice.Path.Then("tools", i++));
            if (!entry.HasString("type", out var type))
                throw entry.Missing("type");
            if (type.ValueEquals("function"u8))
                names.Add(Named(entry, "function", tools));
            else if (type.ValueEquals("custom"u8))
                names.Add(Named(entry, "custom", tools));
            else
                native = true;
        }

        return new ToolChoice { Mode = mode, Allowed = names, Json = choice.Json, NativeOnly = native };
    }

    private static string Named(FieldReader choice, string kind, IReadOnlyList<JsonElement> tools)
    {
        var name = choice.RequiredText("name");
        for (var i = 0; i < tools.Count; i++)
        {
            if (Declares(tools[i], kind, name))
                return name;
        }

        throw new GatewayException(GatewayErrors.Invalid($"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice"));
    }

    /// <summary>Whether a tool is the one named; the tools of a namespace count, as they are declared too.</summary>
    private static bool Declares(JsonElement tool, string kind, string name)
    {
        var type = tool.GetProperty("type"u8);
        if (type.ValueEquals(kind))
            return tool.GetProperty("name"u8).ValueEquals(name);
        if (!type.ValueEquals("namespace"u8) || !tool.TryGetProperty("tools"u8, out var inner) || inner.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var member in inner.EnumerateArray())
        {
            if (member.ValueKind == JsonValueKind.Object && member.TryGetProperty("name"u8, out var found)
                && found.ValueKind == JsonValueKind.String && found.ValueEquals(name))
            {
                return true;
            }
        }

        return false;
    }
}
