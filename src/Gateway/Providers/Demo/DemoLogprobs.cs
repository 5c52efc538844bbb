using System.Text;
using System.Text.Json;

namespace AiGateway.Providers.Demo;

/// <summary>Writes log probabilities, which are made up but plausible: the chosen token is likely, each alternative less than the one before.</summary>
internal static class DemoLogprobs
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<string> tokens, int top)
    {
        writer.WriteStartObject("logprobs"u8);
        writer.WriteStartArray("content"u8);
        foreach (var token in tokens)
        {
            writer.WriteStartObject();
            WriteToken(writer, token, 0);
            writer.WriteStartArray("top_logprobs"u8);
            for (var rank = 0; rank < top; rank++)
            {
                writer.WriteStartObject();
                WriteToken(writer, rank == 0 ? token : $"{token}~{rank}", rank);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNull("refusal"u8);
        writer.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter writer, string token, int rank)
    {
        writer.WriteString("token"u8, token);
        writer.WriteNumber("logprob"u8, rank == 0 ? -0.125 : -2.5 - rank);
        writer.WriteStartArray("bytes"u8);
        foreach (var b in Encoding.UTF8.GetBytes(token))
            writer.WriteNumberValue(b);
        writer.WriteEndArray();
    }
}
