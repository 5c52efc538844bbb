using System.Text.Json;

namespace AiGateway.Responses.Parsing;

/// <summary><c>text</c>: the format of the answer and its verbosity (<c>spec/responses.md</c> §7).</summary>
internal static class TextFormatParser
{
    private static readonly string[] Formats = ["text", "json_object", "json_schema"];
    private static readonly string[] Verbosities = ["low", "medium", "high"];

    public static (JsonElement? Format, string? Verbosity) Read(FieldReader root)
    {
        if (!root.HasObject("text", out var text))
            return default;
        JsonElement? json = null;
        if (text.HasObject("format", out var format))
        {
            json = format.Json;
            var type = format.OneOf("type", Formats) ?? throw format.Missing("type");
            if (type == "json_schema")
                CheckSchema(format);
        }

        return (json, text.OneOf("verbosity", Verbosities));
    }

    private static void CheckSchema(FieldReader format)
    {
        _ = format.RequiredName("name", 64);
        if (!format.HasObject("schema", out _))
            throw format.Missing("schema");
        format.CheckText("description");
        _ = format.Flag("strict");
    }
}
