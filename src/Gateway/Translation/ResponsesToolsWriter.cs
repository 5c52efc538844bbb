using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Translation;

/// <summary>Tools and the choice among them, from chat's nested form (or its older <c>functions</c>) to the flat one of the Responses API.</summary>
internal static class ResponsesToolsWriter
{
    private static readonly string[] Kinds = ["function", "custom"];
    private static readonly string[] Choices = ["function", "custom", "allowed_tools"];
    private static readonly string[] Modes = ["none", "auto", "required"];
    private static readonly string[] LegacyModes = ["none", "auto"];
    private static readonly string[] Formats = ["text", "grammar"];

    /// <summary>Writes them.</summary>
    /// <returns>Whether the request used the older form, in which its answer must come too.</returns>
    public static bool Write(Utf8JsonWriter writer, FieldReader root)
    {
        var hasTools = root.HasArray("tools", out var tools, "an array of objects") && tools.GetArrayLength() > 0;
        var legacy = root.HasArray("functions", out var functions, "an array of objects") && functions.GetArrayLength() > 0;
        if (hasTools || legacy)
            writer.WriteStartArray("tools"u8);
        var i = 0;
        if (hasTools)
        {
            foreach (var tool in tools.EnumerateArray())
                WriteTool(writer, FieldReader.Object(tool, FieldPath.Of("tools", i++)));
        }
        else if (legacy)
        {
            foreach (var function in functions.EnumerateArray())
                WriteFunction(writer, FieldReader.Object(function, FieldPath.Of("functions", i++)));
        }

        if (!hasTools && !legacy)
            return false;
        writer.WriteEndArray();
        if (hasTools)
        {
            WriteChoice(writer, root);
            if (root.Flag("parallel_tool_calls") is { } parallel)
                writer.WriteBoolean("parallel_tool_calls"u8, parallel);
            return false;
        }

        // The older form has room for one call only.
        WriteLegacyChoice(writer, root);
        writer.WriteBoolean("parallel_tool_calls"u8, false);
        return true;
    }

    private static void WriteTool(Utf8JsonWriter writer, FieldReader tool)
    {
        var type = tool.OneOf("type", Kinds) ?? throw tool.Missing("type");
        if (!tool.HasObject(type, out var inner))
            throw tool.Missing(type);
        if (type == "function")
        {
            WriteFunction(writer, inner);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "custom"u8);
        writer.WriteString("name"u8, inner.RequiredText("name"));
        writer.CopyField(inner.Json, "description"u8);
        if (inner.HasObject("format", out var format))
            WriteFormat(writer, format);
        writer.WriteEndObject();
    }

    private static void WriteFunction(Utf8JsonWriter writer, FieldReader function)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteString("name"u8, function.RequiredText("name"));
        writer.CopyField(function.Json, "description"u8);
        if (function.HasObject("parameters", out var parameters))
            writer.WriteCopy("parameters"u8, parameters.Json);
        else
            writer.WriteNull("parameters"u8);

        // Left out, it means false in chat and true here.
        writer.WriteBoolean("strict"u8, function.Flag("strict") ?? false);
        writer.WriteEndObject();
    }

    private static void WriteFormat(Utf8JsonWriter writer, FieldReader format)
    {
        var type = format.OneOf("type", Formats) ?? throw format.Missing("type");
        writer.WriteStartObject("format"u8);
        writer.WriteString("type"u8, type);
        if (type == "grammar")
        {
            if (!format.HasObject("grammar", out var grammar))
                throw format.Missing("grammar");
            writer.CopyField(grammar.Json, "syntax"u8);
            writer.CopyField(grammar.Json, "definition"u8);
        }

        writer.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter writer, FieldReader root)
    {
        if (!root.Has("tool_choice", out var value))
            return;
        if (value.ValueKind == JsonValueKind.String)
        {
            writer.WriteString("tool_choice"u8, root.OneOf("tool_choice", Modes));
            return;
        }

        var choice = FieldReader.Object(value, FieldPath.Of("tool_choice"));
        var type = choice.OneOf("type", Choices) ?? throw choice.Missing("type");
        if (!choice.HasObject(type, out var inner))
            throw choice.Missing(type);
        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, type);
        if (type != "allowed_tools")
        {
            writer.WriteString("name"u8, inner.RequiredText("name"));
            writer.WriteEndObject();
            return;
        }

        writer.WriteString("mode"u8, inner.OneOf("mode", Modes) ?? throw inner.Missing("mode"));
        if (!inner.HasArray("tools", out var tools, "an array of objects"))
            throw inner.Missing("tools");
        writer.WriteStartArray("tools"u8);
        var i = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            var allowed = FieldReader.Object(tool, inner.Path.Then("tools", i++));
            var kind = allowed.OneOf("type", Kinds) ?? throw allowed.Missing("type");
            if (!allowed.HasObject(kind, out var named))
                throw allowed.Missing(kind);
            WriteNamed(writer, kind, named.RequiredText("name"));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteLegacyChoice(Utf8JsonWriter writer, FieldReader root)
    {
        if (!root.Has("function_call", out var value))
            return;
        if (value.ValueKind == JsonValueKind.String)
        {
            writer.WriteString("tool_choice"u8, root.OneOf("function_call", LegacyModes));
            return;
        }

        writer.WritePropertyName("tool_choice"u8);
        WriteNamed(writer, "function", FieldReader.Object(value, FieldPath.Of("function_call")).RequiredText("name"));
    }

    private static void WriteNamed(Utf8JsonWriter writer, string type, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteString("name"u8, name);
        writer.WriteEndObject();
    }
}
