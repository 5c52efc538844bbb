using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary><c>input</c>: a string, which is one user message, or items (<c>spec/responses.md</c> §3, §4).</summary>
internal static class InputParser
{
    // The last of the items, which says what is to be done with those before it.
    private const string Trigger = "compaction_trigger";

    /// <summary>Reads it.</summary>
    /// <param name="root">The body.</param>
    /// <returns>The items; and whether they are to be compacted, as a <c>compaction_trigger</c> behind them says, which is none of them.</returns>
    public static (IReadOnlyList<InputItem> Items, bool Compacts) ReadTurn(FieldReader root)
    {
        var items = Read(root);
        return items is [.. var before, { Type: Trigger }] ? (before, true) : (items, false);
    }

    private static InputItem[] Read(FieldReader root)
    {
        if (!root.Has("input", out var input))
            return [];
        switch (input.ValueKind)
        {
            case JsonValueKind.String:
                root.CheckLength("input", input, FieldReader.MaxText);
                return [FromText(input)];
            case JsonValueKind.Array:
                return ReadItems(input, "input");
            default:
                throw root.WrongType("input", "one of a string or an array of objects", input);
        }
    }

    /// <summary>Reads an array of items, under any name: conversations have them too.</summary>
    /// <param name="array">The array.</param>
    /// <param name="field">What it is called, for errors.</param>
    /// <returns>The items, checked.</returns>
    public static InputItem[] ReadItems(JsonElement array, string field)
    {
        var items = new InputItem[array.GetArrayLength()];
        var i = 0;
        foreach (var element in array.EnumerateArray())
        {
            var item = FieldReader.Object(element, FieldPath.Of(field, i));
            items[i] = new InputItem(ItemParser.Check(item), element);
            if (items[i].Type == Trigger && i != items.Length - 1)
                throw FieldErrors.WrongValue(item.Path.ToString(), "An item of type 'compaction_trigger' must be the last item of the input.");
            i++;
        }

        return items;
    }

    private static InputItem FromText(JsonElement text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "message"u8);
            writer.WriteString("role"u8, "user"u8);
            writer.WriteStartArray("content"u8);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "input_text"u8);
            writer.WritePropertyName("text"u8);
            text.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return new InputItem("message", JsonElement.ParseValue(ref reader));
    }
}
