using System.Text.Json;

namespace AiGateway.Protocol;

/// <summary>
/// An error as a client sees it: an HTTP status and OpenAI's error object (<c>spec/responses.md</c> §16).
/// A value, not an exception: hooks, streams and HTTP all carry the same one.
/// </summary>
/// <param name="Status">The HTTP status, 400 to 599.</param>
/// <param name="Type">OpenAI's <c>type</c>, such as <c>invalid_request_error</c>.</param>
/// <param name="Code">OpenAI's <c>code</c>; null where the API gives none.</param>
/// <param name="Message">What is wrong, for a person. Never holds a secret or an upstream address.</param>
/// <param name="Param">The path of the parameter at fault, such as <c>input[0].content[1].image_url</c>; null where none is.</param>
public sealed record GatewayError(int Status, string Type, string? Code, string Message, string? Param = null)
{
    /// <summary>What <c>Retry-After</c> says, in the provider's own words (seconds or an HTTP date); null for no header.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Headers of the provider's that go with the error, such as <c>x-ratelimit-*</c>. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The value of the <c>Allow</c> header of a 405; null for no header.</summary>
    public string? Allow { get; init; }

    /// <summary>The four-key error object, without an envelope.</summary>
    /// <param name="writer">Where to write; positioned where a value is expected.</param>
    public void WriteObject(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteFields(writer);
        writer.WriteEndObject();
    }

    /// <summary>The four fields of the error object, into an object that is already open.</summary>
    /// <param name="writer">Where to write.</param>
    public void WriteFields(Utf8JsonWriter writer)
    {
        writer.WriteString("message"u8, Message);
        writer.WriteString("type"u8, Type);
        writer.WriteString("param"u8, Param);
        writer.WriteString("code"u8, Code);
    }

    /// <summary>The HTTP body: <c>{"error":{…}}</c>.</summary>
    /// <returns>UTF-8 JSON.</returns>
    public byte[] ToBody()
    {
        using var buffer = new MemoryStream(256);
        using (var writer = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("error"u8);
            WriteObject(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
