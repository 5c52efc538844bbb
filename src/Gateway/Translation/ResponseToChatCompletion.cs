using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.Translation;

/// <summary>
/// A finished response, as a chat completion (<c>spec/responses.md</c> §8, §9, §20). What chat has no words for (built-in tools'
/// items, sealed reasoning, citations of files) is left out.
/// </summary>
public static class ResponseToChatCompletion
{
    /// <summary>Translates an answer's bytes.</summary>
    /// <param name="output">Where the UTF-8 JSON goes.</param>
    /// <param name="response">The response object: UTF-8 JSON, whole.</param>
    /// <param name="form">What the chat request asked for.</param>
    /// <param name="time">The clock, for a response without a time; null for the system's.</param>
    /// <returns>What the response used; null where it does not say.</returns>
    /// <exception cref="GatewayException">The response failed: its error.</exception>
    /// <exception cref="ProviderException">It is no response object, or not a finished one.</exception>
    public static TokenUsage? Write(IBufferWriter<byte> output, ReadOnlyMemory<byte> response, ChatAnswerForm form, TimeProvider? time = null)
    {
        try
        {
            using var document = JsonDocument.Parse(response, JsonFormat.DocumentOptions);
            return Write(output, document.RootElement, form, time);
        }
        catch (JsonException e)
        {
            throw new ProviderException(ProviderFailure.InvalidAnswer, e);
        }
    }

    /// <inheritdoc cref="Write(IBufferWriter{byte}, ReadOnlyMemory{byte}, ChatAnswerForm, TimeProvider?)"/>
    public static TokenUsage? Write(IBufferWriter<byte> output, JsonElement response, ChatAnswerForm form, TimeProvider? time = null)
    {
        try
        {
            Check(response);
            return WriteCompletion(output, response, form, time ?? TimeProvider.System);
        }
        catch (InvalidOperationException e)
        {
            // A string that cannot be decoded, or a value of another kind than the API gives.
            throw new ProviderException(ProviderFailure.InvalidAnswer, e);
        }
    }

    private static void Check(JsonElement response)
    {
        if (response.Says("status"u8, "failed"u8) || response.Says("status"u8, "cancelled"u8))
            throw new GatewayException(ResponseOutcome.Error(response));
        if (!response.Has("output"u8, out _) && response.Has("error"u8, out var error) && error.ValueKind == JsonValueKind.Object)
            throw new GatewayException(ResponseOutcome.Error(response));
        if (!response.Has("output"u8, out var items) || items.ValueKind != JsonValueKind.Array
            || response.Says("status"u8, "queued"u8) || response.Says("status"u8, "in_progress"u8))
        {
            throw new ProviderException(ProviderFailure.InvalidAnswer);
        }
    }

    private static TokenUsage? WriteCompletion(IBufferWriter<byte> output, JsonElement response, ChatAnswerForm form, TimeProvider time)
    {
        using var writer = new Utf8JsonWriter(output, JsonFormat.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("id"u8, ResponseOutcome.ChatId(response));
        writer.WriteString("object"u8, "chat.completion"u8);
        writer.WriteNumber("created"u8, ResponseOutcome.Created(response, time));
        writer.WriteString("model"u8, ResponseOutcome.Text(response, "model"u8) ?? "");
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        var answer = new ResponseAnswer(response.GetProperty("output"u8));
        answer.WriteMessage(writer, form);
        answer.WriteLogprobs(writer);
        writer.WriteString("finish_reason"u8, ResponseOutcome.FinishReason(response, answer.HasCalls, form));
        writer.WriteEndObject();
        writer.WriteEndArray();
        var usage = ResponseOutcome.Usage(response);
        if (usage is { } used)
        {
            writer.WritePropertyName("usage"u8);
            ResponseOutcome.WriteUsage(writer, used);
        }

        writer.CopyField(response, "service_tier"u8);
        writer.WriteEndObject();
        return usage;
    }
}
