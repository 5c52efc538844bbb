using System.Buffers;
using System.Text;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Translation.ChatToResponse;

/// <summary>Reads chat's log probabilities. Chat allows <c>bytes</c> to be null; the Responses API wants the token's UTF-8 there.</summary>
internal static class LogprobsReader
{
    /// <summary>Reads the value behind <c>logprobs</c>.</summary>
    /// <returns>The members of the array for the Responses API, without its brackets; empty for none.</returns>
    public static byte[] Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return [];
        }

        using var value = JsonDocument.ParseValue(ref reader);
        if (!value.RootElement.TryGetProperty("content"u8, out var content) || content.ValueKind != JsonValueKind.Array || content.GetArrayLength() == 0)
            return [];

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartArray();
            foreach (var token in content.EnumerateArray())
                WriteToken(json, token, withTop: true);
            json.WriteEndArray();
        }

        return buffer.WrittenSpan[1..^1].ToArray();
    }

    private static void WriteToken(Utf8JsonWriter json, JsonElement token, bool withTop)
    {
        var text = token.TryGetProperty("token"u8, out var name) ? name.GetString() ?? "" : "";
        json.WriteStartObject();
        json.WriteString("token"u8, text);
        json.WritePropertyName("logprob"u8);
        if (token.TryGetProperty("logprob"u8, out var logprob) && logprob.ValueKind == JsonValueKind.Number)
            logprob.WriteTo(json);
        else
            json.WriteNumberValue(-9999.0);
        json.WritePropertyName("bytes"u8);
        if (token.TryGetProperty("bytes"u8, out var bytes) && bytes.ValueKind == JsonValueKind.Array)
        {
            bytes.WriteTo(json);
        }
        else
        {
            json.WriteStartArray();
            foreach (var b in Encoding.UTF8.GetBytes(text))
                json.WriteNumberValue(b);
            json.WriteEndArray();
        }

        if (withTop)
        {
            json.WriteStartArray("top_logprobs"u8);
            if (token.TryGetProperty("top_logprobs"u8, out var top) && top.ValueKind == JsonValueKind.Array)
            {
                foreach (var other in top.EnumerateArray())
                    WriteToken(json, other, withTop: false);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
