using System.Buffers;
using System.Text.Json;

namespace AiGateway.Protocol;

/// <summary>
/// A request body as the provider is to have it: the client's own bytes, with the provider's name for the model in it and, for a chat stream,
/// usage asked for. Everything else is copied, not parsed, so that fields nobody here has heard of reach the provider too.
/// </summary>
internal static class RequestSplice
{
    /// <summary>Puts the provider's model name in.</summary>
    /// <param name="request">The request, sealed.</param>
    /// <param name="model">The provider's name for the model.</param>
    /// <param name="askUsage">Whether to set <c>stream_options.include_usage</c>.</param>
    /// <returns>The body to send; the client's own bytes where nothing changes.</returns>
    public static ReadOnlyMemory<byte> ForProvider(GatewayRequest request, string model, bool askUsage)
    {
        ref readonly var envelope = ref request.Envelope;
        var body = request.Utf8;
        var renames = !string.Equals(envelope.Model, model, StringComparison.Ordinal);
        askUsage = askUsage && envelope.Stream && !envelope.IncludeUsage;
        if (!renames && !askUsage)
            return body;

        var output = new ArrayBufferWriter<byte>(body.Length + model.Length + 64);
        var span = body.Span;
        var at = 0;

        // Without stream_options of its own, the request gets them in front, where no member has to be looked for.
        var hasOptions = !IsEmpty(envelope.StreamOptionsValue);
        if (askUsage && !hasOptions)
        {
            output.Write(span[..envelope.Open]);
            output.Write("\"stream_options\":{\"include_usage\":true},"u8);
            at = envelope.Open;
        }

        // The two edits in the order in which they stand.
        var optionsFirst = hasOptions && envelope.StreamOptionsValue.Start.Value < envelope.ModelValue.Start.Value;
        if (askUsage && hasOptions && optionsFirst)
            WriteOptions(output, span, envelope.StreamOptionsValue, ref at);
        if (renames)
        {
            output.Write(span[at..envelope.ModelValue.Start.Value]);
            WriteString(output, model);
            at = envelope.ModelValue.End.Value;
        }

        if (askUsage && hasOptions && !optionsFirst)
            WriteOptions(output, span, envelope.StreamOptionsValue, ref at);
        output.Write(span[at..]);
        return output.WrittenMemory;
    }

    private static bool IsEmpty(Range range) => range.End.Value == 0;

    private static void WriteString(ArrayBufferWriter<byte> output, string text)
    {
        using var writer = new Utf8JsonWriter(output, JsonFormat.WriterOptions);
        writer.WriteStringValue(text);
    }

    // The client's other options stay; include_usage is put in place of its own.
    private static void WriteOptions(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> body, Range value, ref int at)
    {
        output.Write(body[at..value.Start.Value]);
        at = value.End.Value;
        using var options = JsonDocument.Parse(body[value].ToArray(), JsonFormat.DocumentOptions);
        using var writer = new Utf8JsonWriter(output, JsonFormat.WriterOptions);
        writer.WriteStartObject();
        if (options.RootElement.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in options.RootElement.EnumerateObject())
            {
                if (!member.NameEquals("include_usage"u8))
                    member.WriteTo(writer);
            }
        }

        writer.WriteBoolean("include_usage"u8, true);
        writer.WriteEndObject();
    }
}
