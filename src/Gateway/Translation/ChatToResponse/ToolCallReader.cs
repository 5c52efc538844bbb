using System.Text.Json;

namespace AiGateway.Translation.ChatToResponse;

/// <summary>Reads <c>tool_calls</c>, fragments or whole calls, and the older <c>function_call</c>.</summary>
internal static class ToolCallReader
{
    public static void Read(ref Utf8JsonReader reader, List<ToolCallDelta> calls)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            calls.Add(ReadCall(ref reader));
    }

    public static void ReadLegacy(ref Utf8JsonReader reader, List<ToolCallDelta> calls)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var (name, arguments) = ReadBody(ref reader);
        calls.Add(new ToolCallDelta(0, null, name, arguments, IsCustom: false));
    }

    private static ToolCallDelta ReadCall(ref Utf8JsonReader reader)
    {
        int? index = null;
        string? id = null, name = null, arguments = null;
        var isCustom = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
                    index = number;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                id = ChatDeltaReader.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("custom"u8))
            {
                isCustom |= reader.ValueTextEquals("custom"u8);
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    (name, arguments) = ReadBody(ref reader);
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        return new ToolCallDelta(index, string.IsNullOrEmpty(id) ? null : id, string.IsNullOrEmpty(name) ? null : name, arguments, isCustom);
    }

    // Arguments that come as an object instead of a string are a habit of some local servers.
    private static (string? Name, string? Arguments) ReadBody(ref Utf8JsonReader reader)
    {
        string? name = null, arguments = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = ChatDeltaReader.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    using var value = JsonDocument.ParseValue(ref reader);
                    arguments = value.RootElement.GetRawText();
                }
                else
                {
                    arguments = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return (name, arguments);
    }
}
