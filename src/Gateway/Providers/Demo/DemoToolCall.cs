using System.Text.Json;

namespace AiGateway.Providers.Demo;

/// <summary>Writes a tool call as it stands in a message, and in the first fragment of a stream.</summary>
internal static class DemoToolCall
{
    public static void WriteFields(Utf8JsonWriter writer, DemoCall call, string arguments)
    {
        writer.WriteString("id"u8, call.Id);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, call.Name);
        writer.WriteString("arguments"u8, arguments);
        writer.WriteEndObject();
    }
}
