using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary>The client's own key-value pairs (<c>spec/responses.md</c> §3): at most 16, keys to 64, values to 512 characters.</summary>
internal static class MetadataParser
{
    public static JsonElement? Read(FieldReader root)
    {
        if (!root.HasObject("metadata", out var metadata))
            return null;
        var count = 0;
        foreach (var pair in metadata.Json.EnumerateObject())
        {
            count++;
            var key = pair.Name;
            if (key.Length > 64)
            {
                throw new GatewayException(GatewayErrors.Invalid(
                    $"Invalid 'metadata': key too long. Expected a key with maximum length 64, but got a key with length {key.Length} instead.",
                    "metadata",
                    "string_above_max_length"));
            }

            if (pair.Value.ValueKind != JsonValueKind.String)
                throw metadata.WrongType(key, "a string", pair.Value);
            metadata.CheckLength(key, pair.Value, 512);
        }

        return count <= 16 ? metadata.Json : throw FieldErrors.TooManyProperties("metadata", 16, count);
    }
}
