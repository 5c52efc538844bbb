using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Responses.Running;

/// <summary>A response object in another state than it was, where its run cannot say so itself: not yet, or not any more.</summary>
internal static class BodyStates
{
    /// <summary>Of a response that runs now.</summary>
    /// <param name="body">The object as it was.</param>
    public static byte[] InProgress(ReadOnlyMemory<byte> body)
    {
        var response = Parse(body);
        response["status"] = ResponseStatus.InProgress;
        return Bytes(response);
    }

    /// <summary>Of a response that was cancelled (<c>spec/responses.md</c> §13).</summary>
    /// <param name="body">The object as it was.</param>
    public static byte[] Cancelled(ReadOnlyMemory<byte> body) => Close(body, ResponseStatus.Cancelled, null);

    /// <summary>Of a response that failed.</summary>
    /// <param name="body">The object as it was.</param>
    /// <param name="error">Why.</param>
    public static byte[] Failed(ReadOnlyMemory<byte> body, GatewayError error) =>
        Close(body, ResponseStatus.Failed, new JsonObject { ["code"] = ResponseErrorCode.For(error), ["message"] = error.Message });

    /// <summary>An event that carries a whole response object.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="body">The object.</param>
    public static ResponseEvent Event(string type, long sequence, ReadOnlyMemory<byte> body)
    {
        var buffer = new ArrayBufferWriter<byte>(body.Length + 128);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteNumber("sequence_number"u8, sequence);
            json.WritePropertyName("response"u8);
            json.WriteRawValue(body.Span, skipInputValidation: true);
            json.WriteEndObject();
        }

        return new ResponseEvent(sequence, type, buffer.WrittenMemory);
    }

    private static byte[] Close(ReadOnlyMemory<byte> body, string status, JsonObject? error)
    {
        var response = Parse(body);
        response["status"] = status;
        response["completed_at"] = null;
        response["error"] = error;
        response["output"] = new JsonArray();
        response["usage"] = null;
        if (response["service_tier"] is JsonValue tier && tier.GetValueKind() == JsonValueKind.String && tier.GetValue<string>() == "auto")
            response["service_tier"] = "default";
        return Bytes(response);
    }

    private static JsonObject Parse(ReadOnlyMemory<byte> body) =>
        JsonNode.Parse(body.Span, JsonFormat.NodeOptions, JsonFormat.DocumentOptions)!.AsObject();

    private static byte[] Bytes(JsonObject response) => JsonSerializer.SerializeToUtf8Bytes(response, JsonFormat.SerializerOptions);
}
