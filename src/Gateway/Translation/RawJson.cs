using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiGateway.Translation;

/// <summary>
/// Copies values as bytes: a text of a megabyte is neither decoded nor escaped anew, and a schema keeps the form that its
/// author gave it.
/// </summary>
internal static class RawJson
{
    /// <summary>Copies a value under a name.</summary>
    public static void WriteCopy(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement value)
    {
        writer.WritePropertyName(name);
        writer.WriteCopy(value);
    }

    /// <summary>Copies a value.</summary>
    public static void WriteCopy(this Utf8JsonWriter writer, JsonElement value) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    /// <summary>Copies a member of an object if it is there and not null.</summary>
    public static void CopyField(this Utf8JsonWriter writer, JsonElement from, ReadOnlySpan<byte> name) =>
        writer.CopyField(from, name, name);

    /// <summary>Copies a member of an object under another name if it is there and not null.</summary>
    public static void CopyField(this Utf8JsonWriter writer, JsonElement from, ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName)
    {
        if (from.Has(name, out var value))
            writer.WriteCopy(newName, value);
    }

    /// <summary>Whether a member is there and not null.</summary>
    public static bool Has(this JsonElement json, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Whether a member is a string that says exactly this.</summary>
    public static bool Says(this JsonElement json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        json.Has(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}
