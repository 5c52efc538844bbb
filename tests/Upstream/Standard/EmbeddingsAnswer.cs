using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>Embeddings: a vector per input (string, strings, tokens, lists of tokens), as floats or base64 of little-endian singles.</summary>
internal static class EmbeddingsAnswer
{
    public static Script For(ReceivedRequest request)
    {
        var inputs = Inputs(request.Field("input"));
        var dimensions = request.Field("dimensions") is JsonValue d && d.TryGetValue<int>(out var asked) ? asked : 8;
        var base64 = request.Field("encoding_format")?.ToString() == "base64";
        var tokens = inputs.Sum(TokensOf);
        return Script.Json(new JsonObject
        {
            ["object"] = "list",
            ["data"] = WireJson.Array(inputs.Select((input, index) => new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = index,
                ["embedding"] = Encode(Vector(input, dimensions), base64),
            })),
            ["model"] = request.Field("model")?.ToString() ?? "upstream-embedding",
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
        });
    }

    private static IReadOnlyList<JsonNode?> Inputs(JsonNode? input) =>
        input is JsonArray { Count: > 0 } list && !(list[0] is JsonValue first && first.TryGetValue<long>(out _)) ? [.. list] : [input];

    private static int TokensOf(JsonNode? input) => input is JsonArray tokens ? tokens.Count : Words.Of(input?.ToString()).Count;

    /// <summary>The same for the same input, different for another, of length 1.</summary>
    private static float[] Vector(JsonNode? input, int dimensions)
    {
        uint seed = 2_166_136_261;
        foreach (var c in input?.ToJsonString() ?? "") seed = (seed ^ c) * 16_777_619;
        var vector = new float[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            seed = (seed * 1_664_525) + 1_013_904_223;
            vector[i] = (seed >> 8) / 16_777_216f - 0.5f;
        }

        var norm = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / norm)];
    }

    private static JsonNode Encode(float[] vector, bool base64)
    {
        if (!base64) return WireJson.Array(vector.Select(x => JsonValue.Create(x)));
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return JsonValue.Create(Convert.ToBase64String(bytes));
    }
}
