using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Translation;

/// <summary>
/// Writes the create body, with <c>store: false</c>, for a provider that only speaks the Responses API (<c>spec/responses.md</c> §20).
/// Hints are left out: <c>seed</c>, <c>prediction</c>, <c>metadata</c>, <c>store</c>, the names of participants, reasoning text of
/// earlier answers (a provider takes only its own, sealed). What would change the answer and cannot be said is a 400 that names it.
/// </summary>
public static class ChatToResponses
{
    /// <summary>The Responses API takes no lower limit: a chat request for fewer tokens gets this many.</summary>
    private const long MinOutputTokens = 16;

    private static readonly string[] Verbosities = ["low", "medium", "high"];
    private static readonly string[] Formats = ["text", "json_object", "json_schema"];

    /// <summary>Writes the body.</summary>
    /// <param name="output">Where the UTF-8 JSON goes.</param>
    /// <param name="chat">The chat request: UTF-8 JSON, whole.</param>
    /// <param name="model">The provider's name for the model.</param>
    /// <param name="stream">Whether the provider is to stream.</param>
    /// <returns>The form that the answer must have.</returns>
    /// <exception cref="GatewayException">400: malformed, with the path; or not to be said in this API (<c>unsupported_parameter</c>).</exception>
    public static ChatAnswerForm Write(IBufferWriter<byte> output, ReadOnlyMemory<byte> chat, string model, bool stream)
    {
        using var document = RequestDocument.Parse(chat);
        return Write(output, document.RootElement, model, stream);
    }

    /// <inheritdoc cref="Write(IBufferWriter{byte}, ReadOnlyMemory{byte}, string, bool)"/>
    public static ChatAnswerForm Write(IBufferWriter<byte> output, JsonElement chat, string model, bool stream)
    {
        var root = FieldReader.Object(chat, default);
        ResponsesUnsupported.Check(root);
        using var writer = new Utf8JsonWriter(output, JsonFormat.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        new ResponsesItemWriter(writer).Write(root);
        var legacy = ResponsesToolsWriter.Write(writer, root);
        WriteText(writer, root);
        WriteSampling(writer, root);
        writer.CopyField(chat, "service_tier"u8);
        writer.CopyField(chat, "safety_identifier"u8);
        writer.CopyField(chat, "prompt_cache_key"u8);
        writer.CopyField(chat, "prompt_cache_retention"u8);
        writer.CopyField(chat, "prompt_cache_options"u8);
        writer.CopyField(chat, "user"u8);
        writer.CopyField(chat, "moderation"u8);
        writer.WriteBoolean("store"u8, false);
        if (stream)
            writer.WriteBoolean("stream"u8, true);
        writer.WriteEndObject();
        var includeUsage = root.HasObject("stream_options", out var options) && options.Flag("include_usage") == true;
        return new ChatAnswerForm(includeUsage, legacy);
    }

    private static void WriteText(Utf8JsonWriter writer, FieldReader root)
    {
        var verbosity = root.OneOf("verbosity", Verbosities);
        var hasFormat = root.HasObject("response_format", out var format);
        if (!hasFormat && verbosity is null)
            return;
        writer.WriteStartObject("text"u8);
        if (hasFormat)
        {
            var type = format.OneOf("type", Formats) ?? throw format.Missing("type");
            writer.WriteStartObject("format"u8);
            writer.WriteString("type"u8, type);
            if (type == "json_schema")
                WriteSchema(writer, format);
            writer.WriteEndObject();
        }

        if (verbosity is not null)
            writer.WriteString("verbosity"u8, verbosity);
        writer.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter writer, FieldReader format)
    {
        if (!format.HasObject("json_schema", out var schema))
            throw format.Missing("json_schema");
        writer.WriteString("name"u8, schema.RequiredName("name", 64));
        writer.CopyField(schema.Json, "description"u8);

        // Optional in chat, required here: without one, anything goes.
        if (schema.HasObject("schema", out var json))
        {
            writer.WriteCopy("schema"u8, json.Json);
        }
        else
        {
            writer.WriteStartObject("schema"u8);
            writer.WriteEndObject();
        }

        writer.CopyField(schema.Json, "strict"u8);
    }

    private static void WriteSampling(Utf8JsonWriter writer, FieldReader root)
    {
        if (root.Text("reasoning_effort") is { } effort)
        {
            writer.WriteStartObject("reasoning"u8);
            writer.WriteString("effort"u8, effort);
            writer.WriteEndObject();
        }

        if ((root.Integer("max_completion_tokens", 1) ?? root.Integer("max_tokens", 1)) is { } max)
            writer.WriteNumber("max_output_tokens"u8, Math.Max(max, MinOutputTokens));
        if (root.Number("temperature", 0, 2) is { } temperature)
            writer.WriteNumber("temperature"u8, temperature);
        if (root.Number("top_p", 0, 1) is { } topP)
            writer.WriteNumber("top_p"u8, topP);

        // OpenAI's create body does not list the penalties: only one that does something is worth a refusal.
        if (root.Number("presence_penalty", -2, 2) is { } presence and not 0)
            writer.WriteNumber("presence_penalty"u8, presence);
        if (root.Number("frequency_penalty", -2, 2) is { } frequency and not 0)
            writer.WriteNumber("frequency_penalty"u8, frequency);
        if (root.Flag("logprobs") != true)
            return;
        writer.WriteStartArray("include"u8);
        writer.WriteStringValue("message.output_text.logprobs"u8);
        writer.WriteEndArray();
        if (root.Integer("top_logprobs", 0, 20) is { } top)
            writer.WriteNumber("top_logprobs"u8, top);
    }
}
