using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses;

namespace AiGateway.Translation.NativeResponses;

/// <summary>
/// Writes a create request for a provider that itself speaks the Responses API. What is state here is not state there: the provider is asked
/// to keep nothing, gets the whole context as input, and never sees an id that is ours.
/// </summary>
internal static class NativeRequest
{
    /// <summary>Writes the body.</summary>
    /// <param name="output">Where.</param>
    /// <param name="request">The request.</param>
    /// <param name="context">The whole input, in order.</param>
    /// <param name="model">The provider's name for the model.</param>
    public static void Write(IBufferWriter<byte> output, CreateResponse request, IReadOnlyList<InputItem> context, string model)
    {
        using var json = new Utf8JsonWriter(output, JsonFormat.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        foreach (var member in request.Root.EnumerateObject())
        {
            if (!IsOurs(member))
                member.WriteTo(json);
        }

        json.WriteBoolean("store"u8, false);
        json.WritePropertyName("input"u8);
        if (context.Count == 1 && IsText(request.Root, out var text))
        {
            text.WriteTo(json);
        }
        else
        {
            json.WriteStartArray();
            foreach (var item in context)
                WriteItem(json, item);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static bool IsText(JsonElement root, out JsonElement text) =>
        root.TryGetProperty("input"u8, out text) && text.ValueKind == JsonValueKind.String;

    private static bool IsOurs(JsonProperty member) =>
        member.NameEquals("model"u8) || member.NameEquals("input"u8) || member.NameEquals("store"u8) || member.NameEquals("background"u8)
        || member.NameEquals("previous_response_id"u8) || member.NameEquals("conversation"u8)
        || member.NameEquals("context_management"u8);

    /// <summary>
    /// An item without our id. Encrypted reasoning is bound to the id that its maker gave it, so it must come back without any; plain reasoning
    /// keeps one, because some servers insist on it.
    /// </summary>
    internal static void WriteItem(Utf8JsonWriter json, InputItem item)
    {
        var keepsId = item.Type == "reasoning"
            && !(item.Json.TryGetProperty("encrypted_content"u8, out var sealedText) && sealedText.ValueKind == JsonValueKind.String);
        json.WriteStartObject();
        foreach (var member in item.Json.EnumerateObject())
        {
            if (!member.NameEquals("id"u8) || keepsId)
                member.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
