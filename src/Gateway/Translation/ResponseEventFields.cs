using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Translation;

/// <summary>The fields of one event, found in one pass and left in the bytes: a delta is copied, not decoded.</summary>
internal ref struct ResponseEventFields
{
    /// <summary>An index beyond this is nonsense, which must not cost memory.</summary>
    private const int MaxIndex = 100_000;

    /// <summary>The index of the item; -1 where the provider left it out.</summary>
    public int OutputIndex { get; private set; }

    /// <summary>The index of the part: <c>content_index</c> or <c>summary_index</c>; 0 where left out.</summary>
    public int PartIndex { get; private set; }

    /// <summary>What a delta event adds: a string with its quotes; empty where there is none.</summary>
    public ReadOnlySpan<byte> Delta { get; private set; }

    /// <summary>What a done event says in full (<c>text</c>, <c>refusal</c>, <c>arguments</c>, <c>input</c>): a string with its quotes.</summary>
    public ReadOnlySpan<byte> Full { get; private set; }

    /// <summary>The value of <c>item</c>, <c>part</c>, <c>response</c>, <c>annotation</c> or <c>error</c>.</summary>
    public ReadOnlySpan<byte> Subject { get; private set; }

    /// <summary>The value of <c>logprobs</c>: an array; empty where there is none, or none in it.</summary>
    public ReadOnlySpan<byte> Logprobs { get; private set; }

    /// <summary>The event's own <c>type</c>; null where left out.</summary>
    public string? Type { get; private set; }

    /// <summary>Reads an event.</summary>
    /// <param name="data">One JSON object.</param>
    /// <param name="withType">Whether the type is wanted, since no <c>event:</c> line gave it.</param>
    /// <exception cref="ProviderException">It is none.</exception>
    public static ResponseEventFields Read(ReadOnlySpan<byte> data, bool withType)
    {
        var fields = new ResponseEventFields { OutputIndex = -1 };
        try
        {
            var reader = new Utf8JsonReader(data, JsonFormat.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new ProviderException(ProviderFailure.InvalidAnswer);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                fields.ReadField(ref reader, data, withType);
            if (reader.Read())
                throw new ProviderException(ProviderFailure.InvalidAnswer);
        }
        catch (JsonException e)
        {
            throw new ProviderException(ProviderFailure.InvalidAnswer, e);
        }

        return fields;
    }

    private void ReadField(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data, bool withType)
    {
        if (reader.ValueTextEquals("delta"u8))
        {
            Delta = Text(ref reader, data);
        }
        else if (reader.ValueTextEquals("output_index"u8))
        {
            OutputIndex = Index(ref reader) ?? OutputIndex;
        }
        else if (reader.ValueTextEquals("content_index"u8) || reader.ValueTextEquals("summary_index"u8))
        {
            PartIndex = Index(ref reader) ?? PartIndex;
        }
        else if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8))
        {
            Full = Text(ref reader, data);
        }
        else if (reader.ValueTextEquals("item"u8) || reader.ValueTextEquals("part"u8) || reader.ValueTextEquals("response"u8)
            || reader.ValueTextEquals("annotation"u8) || reader.ValueTextEquals("error"u8))
        {
            var value = Value(ref reader, data);
            if (value[0] == '{')
                Subject = value;
        }
        else if (reader.ValueTextEquals("logprobs"u8))
        {
            reader.Read();
            Logprobs = Array(ref reader, data);
        }
        else if (withType && reader.ValueTextEquals("type"u8))
        {
            reader.Read();
            Type = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        else
        {
            reader.Skip();
        }
    }

    private static int? Index(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) && index is >= 0 and < MaxIndex)
            return index;
        reader.Skip();
        return null;
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var value = Value(ref reader, data);
        return value[0] == '"' ? value : default;
    }

    private static ReadOnlySpan<byte> Value(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return data[start..(int)reader.BytesConsumed];
    }

    private static ReadOnlySpan<byte> Array(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return default;
        }

        reader.Read();
        var isEmpty = reader.TokenType == JsonTokenType.EndArray;
        while (reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            reader.Read();
        }

        return isEmpty ? default : data[start..(int)reader.BytesConsumed];
    }
}
