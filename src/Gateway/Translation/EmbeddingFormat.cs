using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Translation;

/// <summary>
/// The two forms of a vector: an array of numbers (<c>float</c>, the default) and the base64 of its little-endian 32-bit floats (<c>base64</c>).
/// The client gets the one that it asked for, even from a provider that knows only the other.
/// </summary>
internal static class EmbeddingFormat
{
    private const string Base64 = "base64";
    private const string Floats = "float";

    /// <summary>The form that a request asks for.</summary>
    /// <param name="request">The request's body.</param>
    /// <returns>float or base64; null for a form nobody here knows, which is then the provider's to judge.</returns>
    public static string? Asked(ReadOnlySpan<byte> request)
    {
        var reader = new Utf8JsonReader(request, JsonFormat.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFormat = reader.ValueTextEquals("encoding_format"u8);
            reader.Read();
            if (isFormat)
            {
                return reader.TokenType switch
                {
                    JsonTokenType.Null => Floats,
                    JsonTokenType.String when reader.ValueTextEquals("float"u8) => Floats,
                    JsonTokenType.String when reader.ValueTextEquals("base64"u8) => Base64,
                    _ => null,
                };
            }

            reader.Skip();
        }

        return Floats;
    }

    /// <summary>Gives a provider's answer the asked form.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="asked">float, base64, or null to leave it.</param>
    /// <returns>The answer; the same memory where it has that form already.</returns>
    public static ReadOnlyMemory<byte> Convert(ReadOnlyMemory<byte> body, string? asked)
    {
        if (asked is null || FormOf(body.Span) is not { } form || form == asked)
            return body;
        var root = JsonNode.Parse(body.Span, JsonFormat.NodeOptions, JsonFormat.DocumentOptions)!;
        foreach (var item in (root["data"] as JsonArray ?? []).OfType<JsonObject>())
        {
            switch (item["embedding"])
            {
                case JsonArray numbers when asked == Base64:
                    item["embedding"] = ToBase64(numbers);
                    break;
                case JsonValue text when asked == Floats && text.GetValueKind() == JsonValueKind.String:
                    item["embedding"] = ToNumbers(text.GetValue<string>()) ?? (JsonNode)text.DeepClone();
                    break;
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(root, JsonFormat.SerializerOptions);
    }

    // A key is the only place where the quoted word can stand before a colon.
    private static string? FormOf(ReadOnlySpan<byte> body)
    {
        var name = "\"embedding\""u8;
        for (var at = body.IndexOf(name); at >= 0;)
        {
            var rest = body[(at + name.Length)..].TrimStart(" \t\r\n"u8);
            if (rest is [(byte)':', .. var value])
            {
                return value.TrimStart(" \t\r\n"u8) is [(byte)'"', ..] ? Base64 : Floats;
            }

            var next = rest.IndexOf(name);
            if (next < 0)
                return null;
            at = body.Length - rest.Length + next;
        }

        return null;
    }

    private static string ToBase64(JsonArray numbers)
    {
        var bytes = new byte[numbers.Count * sizeof(float)];
        for (var i = 0; i < numbers.Count; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), (float)(numbers[i]?.GetValue<double>() ?? 0));
        return System.Convert.ToBase64String(bytes);
    }

    private static JsonArray? ToNumbers(string base64)
    {
        var bytes = new byte[base64.Length];
        if (!System.Convert.TryFromBase64String(base64, bytes, out var count) || count % sizeof(float) != 0)
            return null;
        var numbers = new JsonArray();
        for (var i = 0; i < count; i += sizeof(float))
            numbers.Add(BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i)));
        return numbers;
    }
}
