using System.Runtime.InteropServices;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>Embeddings: unit vectors that depend on the whole input and on nothing else.</summary>
internal static class DemoEmbeddings
{
    private const int DefaultDimensions = 256;
    private const int MostDimensions = 4096;
    private const int MostInputs = 2048;

    /// <summary>Answers a request.</summary>
    /// <param name="body">The request.</param>
    /// <exception cref="GatewayException">It is not one of the API's.</exception>
    public static byte[] Write(DemoBody body)
    {
        var model = DemoBody.AsText(body.Required("model"), "model");
        var inputs = Inputs(body.Required("input"));
        var dimensions = body.Integer("dimensions", 1, MostDimensions) ?? DefaultDimensions;
        var isBase64 = body.OneOf("encoding_format", "float", "base64") == "base64";
        var tokens = inputs.Sum(i => i.Tokens);
        return DemoJson.Body(writer =>
        {
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            for (var i = 0; i < inputs.Count; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("object"u8, "embedding"u8);
                writer.WriteNumber("index"u8, i);
                writer.WritePropertyName("embedding"u8);
                WriteVector(writer, Vector(inputs[i].Text, dimensions), isBase64);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("model"u8, model);
            writer.WriteStartObject("usage"u8);
            writer.WriteNumber("prompt_tokens"u8, tokens);
            writer.WriteNumber("total_tokens"u8, tokens);
            writer.WriteEndObject();
        });
    }

    private static List<(string Text, int Tokens)> Inputs(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String)
            return [FromText(input, "input")];
        if (input.ValueKind != JsonValueKind.Array)
            throw new GatewayException(GatewayErrors.WrongType("input", "a string or an array", JsonKind.Of(input)));
        if (input.GetArrayLength() is 0 or > MostInputs)
            throw new GatewayException(GatewayErrors.WrongValue("input", $"Invalid 'input': expected an array of 1 to {MostInputs} elements."));
        if (input[0].ValueKind == JsonValueKind.Number)
            return [FromTokens(input, "input")];
        return [.. input.EnumerateArray().Select((e, i) => e.ValueKind == JsonValueKind.Array ? FromTokens(e, $"input[{i}]") : FromText(e, $"input[{i}]"))];
    }

    private static (string Text, int Tokens) FromText(JsonElement element, string path)
    {
        var text = DemoBody.AsText(element, path);
        return text.Length > 0
            ? (text, DemoTokens.Count(text))
            : throw new GatewayException(GatewayErrors.WrongValue(path, $"Invalid '{path}': input cannot be an empty string."));
    }

    private static (string Text, int Tokens) FromTokens(JsonElement element, string path)
    {
        if (element.GetArrayLength() == 0)
            throw new GatewayException(GatewayErrors.WrongValue(path, $"Invalid '{path}': input cannot be an empty array."));
        var numbers = element.EnumerateArray().Select((e, i) => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out var number)
            ? number
            : throw new GatewayException(GatewayErrors.WrongType($"{path}[{i}]", "an integer", JsonKind.Of(e))));
        return ("tokens:" + string.Join(',', numbers), element.GetArrayLength());
    }

    private static float[] Vector(string text, int dimensions)
    {
        var state = DemoHash.Number(text);
        var vector = new double[dimensions];
        var square = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            // 53 random bits, from -1 to 1.
            vector[i] = ((DemoHash.Next(ref state) >> 11) * (2.0 / (1UL << 53))) - 1;
            square += vector[i] * vector[i];
        }

        var length = Math.Sqrt(square);
        return Array.ConvertAll(vector, v => (float)(v / length));
    }

    private static void WriteVector(Utf8JsonWriter writer, float[] vector, bool isBase64)
    {
        if (isBase64)
        {
            // Little-endian 32-bit floats, as all machines here have them.
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes(vector.AsSpan()));
            return;
        }

        writer.WriteStartArray();
        foreach (var value in vector)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
