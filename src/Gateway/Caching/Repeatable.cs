using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Caching;

/// <summary>Whether a request would be answered alike if it were sent again, so that an answer can stand for another, and leaves nothing behind.</summary>
internal static class Repeatable
{
    /// <summary>Looks at a request.</summary>
    /// <param name="api">Its API.</param>
    /// <param name="body">The body, known to be a JSON object.</param>
    /// <returns>Whether its answer may be kept.</returns>
    public static bool Is(ApiKind api, ReadOnlySpan<byte> body)
    {
        if (api == ApiKind.Embeddings)
            return true;

        // Of a member that is there twice, the last counts, as it does for most providers.
        var reader = new Utf8JsonReader(body, JsonFormat.ReaderOptions);
        var (isCold, isSeeded, isStored) = (false, false, api == ApiKind.Responses);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("temperature"u8))
            {
                reader.Read();
                isCold = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && value == 0;
            }
            else if (reader.ValueTextEquals("seed"u8))
            {
                reader.Read();
                isSeeded = reader.TokenType == JsonTokenType.Number;
            }
            else if (reader.ValueTextEquals("store"u8))
            {
                reader.Read();
                isStored = reader.TokenType == JsonTokenType.True || (api == ApiKind.Responses && reader.TokenType != JsonTokenType.False);
            }
            else if (reader.ValueTextEquals("tools"u8))
            {
                reader.Read();
                if (!AreFunctions(ref reader))
                    return false;
            }
            else if (IsOfLife(ref reader))
            {
                reader.Read();
                if (reader.TokenType is not (JsonTokenType.Null or JsonTokenType.False))
                    return false;
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        return (isCold || isSeeded) && !isStored;
    }

    // What goes on from something, or goes on by itself, or may only be read by whoever made it.
    private static bool IsOfLife(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("stream"u8) || reader.ValueTextEquals("background"u8) || reader.ValueTextEquals("previous_response_id"u8)
        || reader.ValueTextEquals("conversation"u8) || reader.ValueTextEquals("context_management"u8) || reader.ValueTextEquals("include"u8);

    // Tools that run at the provider, such as a search, see a world that changes.
    private static bool AreFunctions(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return reader.TokenType == JsonTokenType.Null;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            using var tool = JsonDocument.ParseValue(ref reader);
            if (!tool.RootElement.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String || !(type.ValueEquals("function"u8) || type.ValueEquals("custom"u8)))
                return false;
        }

        return reader.TokenType == JsonTokenType.EndArray;
    }
}
