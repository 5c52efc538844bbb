using System.Text.Json;

namespace AiGateway.Responses;

/// <summary>The content of an item as lists of items show it: always parts, each with all members that its form demands.</summary>
internal static class ItemContent
{
    /// <summary>Writes content.</summary>
    /// <param name="json">Where; positioned where a value is expected.</param>
    /// <param name="content">A string, or parts.</param>
    /// <param name="isOutput">Whether a model said it.</param>
    /// <param name="include">What to show.</param>
    public static void Write(Utf8JsonWriter json, JsonElement content, bool isOutput, ItemInclude include)
    {
        json.WriteStartArray();
        if (content.ValueKind == JsonValueKind.String)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, isOutput ? "output_text"u8 : "input_text"u8);
            json.WritePropertyName("text"u8);
            content.WriteTo(json);
            if (isOutput)
            {
                WriteEmpty(json, "annotations"u8);
                WriteEmpty(json, "logprobs"u8);
            }

            json.WriteEndObject();
        }
        else if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray())
                WritePart(json, part, include);
        }

        json.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter json, JsonElement part, ItemInclude include)
    {
        var type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type"u8, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
        if (type is not ("output_text" or "input_image" or "input_file"))
        {
            part.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var member in part.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && !IsHidden(type, member.Name, include))
                member.WriteTo(json);
        }

        switch (type)
        {
            case "output_text":
                if (!Shows(part, "annotations"))
                    WriteEmpty(json, "annotations"u8);
                if (!Shows(part, "logprobs") || !include.HasFlag(ItemInclude.Logprobs))
                    WriteEmpty(json, "logprobs"u8);
                break;
            case "input_image":
                if (!Shows(part, "detail"))
                    json.WriteString("detail"u8, "auto"u8);
                if (!Shows(part, "file_id"))
                    json.WriteNull("file_id"u8);
                if (!Shows(part, "image_url") || !include.HasFlag(ItemInclude.InputImages))
                    json.WriteNull("image_url"u8);
                break;
            case "input_file" when !Shows(part, "file_id"):
                json.WriteNull("file_id"u8);
                break;
        }

        json.WriteEndObject();
    }

    private static bool IsHidden(string type, string member, ItemInclude include) => (type, member) switch
    {
        ("output_text", "logprobs") => !include.HasFlag(ItemInclude.Logprobs),
        ("input_image", "image_url") => !include.HasFlag(ItemInclude.InputImages),
        ("input_file", "file_data") => !include.HasFlag(ItemInclude.FileData),
        _ => false,
    };

    private static bool Shows(JsonElement part, string member) =>
        part.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null;

    private static void WriteEmpty(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartArray(name);
        json.WriteEndArray();
    }
}
