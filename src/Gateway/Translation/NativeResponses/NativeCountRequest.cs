using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses;

namespace AiGateway.Translation.NativeResponses;

/// <summary>Writes a request to count an input, for a provider that itself speaks the Responses API: only what counts, since more is refused there.</summary>
internal static class NativeCountRequest
{
    private static readonly string[] Counting = ["instructions", "tools", "tool_choice", "text", "reasoning", "parallel_tool_calls"];

    /// <summary>Writes the body.</summary>
    /// <param name="output">Where.</param>
    /// <param name="request">The request.</param>
    /// <param name="context">What the model would get, in order.</param>
    /// <param name="model">The provider's name for the model.</param>
    public static void Write(IBufferWriter<byte> output, CreateResponse request, IReadOnlyList<InputItem> context, string model)
    {
        using var json = new Utf8JsonWriter(output, JsonFormat.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        foreach (var member in request.Root.EnumerateObject())
        {
            if (Counting.Contains(member.Name, StringComparer.Ordinal))
                member.WriteTo(json);
        }

        json.WriteStartArray("input"u8);
        foreach (var item in context)
            NativeRequest.WriteItem(json, item);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
