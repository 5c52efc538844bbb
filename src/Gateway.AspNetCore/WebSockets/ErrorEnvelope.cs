using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>
/// An error as it is told over a WebSocket (<c>spec/responses.md</c> §15): what HTTP has in its status, its headers and its body is in one message. The code
/// is there always: the type, where an error has none of its own.
/// </summary>
internal static class ErrorEnvelope
{
    /// <summary>Writes one.</summary>
    /// <param name="error">The error.</param>
    /// <param name="headers">What would be the answer's headers over HTTP, the request's id among them.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Of(GatewayError error, IEnumerable<KeyValuePair<string, string>> headers)
    {
        using var body = JsonDocument.Parse(error.ToBody());
        return Of(error.Status, body.RootElement, headers);
    }

    /// <summary>Writes one.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body that HTTP would have.</param>
    /// <param name="headers">The headers that it would have.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Of(int status, JsonElement body, IEnumerable<KeyValuePair<string, string>> headers)
    {
        var error = body.GetProperty("error"u8);
        var type = error.GetProperty("type"u8).GetString();
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteNumber("status"u8, status);
            json.WriteStartObject("error"u8);
            json.WriteString("type"u8, type);
            json.WriteString("code"u8, error.GetProperty("code"u8).GetString() ?? type);
            json.WriteString("message"u8, error.GetProperty("message"u8).GetString());
            json.WriteString("param"u8, error.GetProperty("param"u8).GetString());
            json.WriteEndObject();
            json.WriteStartObject("headers"u8);
            foreach (var (name, value) in headers)
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
