using System.Text.Json;

namespace AiGateway.Protocol;

/// <summary>Reads the usage object of chat completions, embeddings and images, and that of the Responses API: their names differ, their shape does not.</summary>
internal static class UsageReader
{
    /// <summary>Reads a usage object.</summary>
    /// <param name="reader">Positioned on its opening brace; afterwards on its closing one.</param>
    /// <returns>The counts; 0 where one is missing, and the sum where the total is.</returns>
    public static TokenUsage Read(ref Utf8JsonReader reader)
    {
        long input = 0, output = 0, total = 0, cached = 0, reasoning = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8))
                input = Count(ref reader);
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
                output = Count(ref reader);
            else if (reader.ValueTextEquals("total_tokens"u8))
                total = Count(ref reader);
            else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8))
                cached = Detail(ref reader, "cached_tokens"u8);
            else if (reader.ValueTextEquals("completion_tokens_details"u8) || reader.ValueTextEquals("output_tokens_details"u8))
                reasoning = Detail(ref reader, "reasoning_tokens"u8);
            else
                reader.Skip();
        }

        return new TokenUsage(input, output, total == 0 ? input + output : total, cached, reasoning);
    }

    /// <summary>Reads a usage object that is a document of its own.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <returns>The counts; null where it is no object.</returns>
    public static TokenUsage? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, JsonFormat.ReaderOptions);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Read(ref reader) : null;
    }

    private static long Count(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt64(out var count) ? count : (long)reader.GetDouble();
        reader.Skip();
        return 0;
    }

    private static long Detail(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return 0;
        }

        long count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
            {
                count = Count(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return count;
    }
}
