using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses;

namespace AiGateway.Translation;

/// <summary>Tools and the choice among them, from the flat form of the Responses API to the nested one of chat.</summary>
internal static class ChatToolsWriter
{
    public static void Write(Utf8JsonWriter writer, CreateResponse request)
    {
        // A choice among no tools means nothing, and many providers refuse it.
        if (request.Tools.Count == 0)
            return;
        writer.WriteStartArray("tools"u8);
        for (var i = 0; i < request.Tools.Count; i++)
            WriteTool(writer, request.Tools[i], i);
        writer.WriteEndArray();
        WriteChoice(writer, request);
        if (request.ParallelToolCalls is { } parallel)
            writer.WriteBoolean("parallel_tool_calls"u8, parallel);
    }

    private static void WriteTool(Utf8JsonWriter writer, JsonElement tool, int index)
    {
        var type = tool.GetProperty("type"u8);
        if (!type.ValueEquals("function"u8) && !type.ValueEquals("custom"u8))
            throw new GatewayException(ChatUnsupported.Value($"tools[{index}].type", type.GetString()!));
        writer.WriteStartObject();
        writer.WriteCopy("type"u8, type);
        if (type.ValueEquals("function"u8))
        {
            writer.WriteStartObject("function"u8);
            writer.CopyField(tool, "name"u8);
            writer.CopyField(tool, "description"u8);
            writer.CopyField(tool, "parameters"u8);
            writer.CopyField(tool, "strict"u8);
        }
        else
        {
            writer.WriteStartObject("custom"u8);
            writer.CopyField(tool, "name"u8);
            writer.CopyField(tool, "description"u8);
            if (tool.Has("format"u8, out var format))
                WriteFormat(writer, format);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFormat(Utf8JsonWriter writer, JsonElement format)
    {
        writer.WriteStartObject("format"u8);
        writer.CopyField(format, "type"u8);
        if (format.Says("type"u8, "grammar"u8))
        {
            writer.WriteStartObject("grammar"u8);
            writer.CopyField(format, "definition"u8);
            writer.CopyField(format, "syntax"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>
    /// Of <c>allowed_tools</c> only the mode goes out, with all the tools: the gateway itself refuses a call to another tool
    /// (<see cref="ToolChoice.Permits"/>), and few chat providers know the form.
    /// </summary>
    private static void WriteChoice(Utf8JsonWriter writer, CreateResponse request)
    {
        if (!request.Root.Has("tool_choice"u8, out var said))
            return;
        var choice = request.ToolChoice;
        if (choice.NativeOnly && choice.Allowed is null)
            throw new GatewayException(ChatUnsupported.Value("tool_choice", said.GetProperty("type"u8).GetString()!));
        if (choice.Function is null && choice.Custom is null)
        {
            writer.WriteString("tool_choice"u8, choice.Mode);
            return;
        }

        var kind = choice.Function is null ? "custom"u8 : "function"u8;
        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, kind);
        writer.WriteStartObject(kind);
        writer.WriteString("name"u8, choice.Function ?? choice.Custom);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
