using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses;

namespace AiGateway.Translation;

/// <summary>
/// Writes the chat request for a provider that only speaks Chat Completions (<c>spec/responses.md</c> §20).
/// What would change nothing in the answer's text is left out: <c>metadata</c>, <c>store</c>, <c>truncation</c>,
/// <c>max_tool_calls</c> (there are no built-in tools), <c>reasoning.summary</c>, <c>phase</c>, annotations of earlier answers.
/// What would change it and cannot be said is a 400 with the path.
/// </summary>
public static class ResponsesToChat
{
    /// <summary>Writes the request.</summary>
    /// <param name="output">Where the UTF-8 JSON goes.</param>
    /// <param name="request">The request, checked.</param>
    /// <param name="context">The whole input in order, the chain and then this turn's own; references resolved.</param>
    /// <param name="model">The provider's name for the model.</param>
    /// <param name="stream">Whether the provider is to stream.</param>
    /// <param name="provider">What the provider calls things.</param>
    /// <exception cref="GatewayException">400: chat has no words for it; 404: an item reference was left; 400 <c>invalid_encrypted_content</c>: a compaction item.</exception>
    public static void Write(
        IBufferWriter<byte> output,
        CreateResponse request,
        IReadOnlyList<InputItem> context,
        string model,
        bool stream,
        ProviderOptions provider)
    {
        using var writer = new Utf8JsonWriter(output, JsonFormat.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        new ChatMessageWriter(writer, context, context.Count - request.Input.Count, provider).Write(request.Instructions);
        ChatToolsWriter.Write(writer, request);
        WriteText(writer, request);
        WriteSampling(writer, request, provider);
        WriteRest(writer, request);
        if (stream)
        {
            writer.WriteBoolean("stream"u8, true);
            if (provider.StreamUsage)
            {
                writer.WriteStartObject("stream_options"u8);
                writer.WriteBoolean("include_usage"u8, true);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, CreateResponse request)
    {
        if (request.TextFormat is { } format && !format.Says("type"u8, "text"u8))
        {
            writer.WriteStartObject("response_format"u8);
            writer.WriteCopy("type"u8, format.GetProperty("type"u8));
            if (format.Says("type"u8, "json_schema"u8))
            {
                writer.WriteStartObject("json_schema"u8);
                writer.CopyField(format, "name"u8);
                writer.CopyField(format, "description"u8);
                writer.CopyField(format, "schema"u8);
                writer.CopyField(format, "strict"u8);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        if (request.Verbosity is { } verbosity)
            writer.WriteString("verbosity"u8, verbosity);
    }

    private static void WriteSampling(Utf8JsonWriter writer, CreateResponse request, ProviderOptions provider)
    {
        if (request.Root.Has("reasoning"u8, out var reasoning) && reasoning.Says("mode"u8, "pro"u8))
            throw new GatewayException(ChatUnsupported.Parameter("reasoning.mode"));
        if (request.ReasoningEffort is { } effort)
            writer.WriteString("reasoning_effort"u8, effort);
        if (request.MaxOutputTokens is { } max)
            writer.WriteNumber(provider.MaxTokensField, max);
        if (request.Temperature is { } temperature)
            writer.WriteNumber("temperature"u8, temperature);
        if (request.TopP is { } topP)
            writer.WriteNumber("top_p"u8, topP);
        if (request.PresencePenalty is { } presence)
            writer.WriteNumber("presence_penalty"u8, presence);
        if (request.FrequencyPenalty is { } frequency)
            writer.WriteNumber("frequency_penalty"u8, frequency);
        if (!request.IncludesLogprobs)
            return;
        writer.WriteBoolean("logprobs"u8, true);
        if (request.TopLogprobs is { } top)
            writer.WriteNumber("top_logprobs"u8, top);
    }

    private static void WriteRest(Utf8JsonWriter writer, CreateResponse request)
    {
        if (request.Root.Has("prompt"u8, out _))
            throw new GatewayException(ChatUnsupported.Parameter("prompt"));
        if (request.ServiceTier is { } tier and not "auto")
            writer.WriteString("service_tier"u8, tier);
        if (request.SafetyIdentifier is { } safety)
            writer.WriteString("safety_identifier"u8, safety);
        if (request.PromptCacheKey is { } key)
            writer.WriteString("prompt_cache_key"u8, key);
        if (request.User is { } user)
            writer.WriteString("user"u8, user);
        writer.CopyField(request.Root, "moderation"u8);
    }
}
