using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Translation;

/// <summary>How a response ended, in chat's words (<c>spec/responses.md</c> §11, §20).</summary>
internal static class ResponseOutcome
{
    /// <summary>Why the model stopped. A response that is cut short says so even if it made calls.</summary>
    public static ReadOnlySpan<byte> FinishReason(JsonElement response, bool hasCalls, ChatAnswerForm form)
    {
        if (response.Says("status"u8, "incomplete"u8))
        {
            return response.Has("incomplete_details"u8, out var details) && details.Says("reason"u8, "content_filter"u8)
                ? "content_filter"u8
                : "length"u8;
        }

        return !hasCalls ? "stop"u8 : form.LegacyFunctions ? "function_call"u8 : "tool_calls"u8;
    }

    /// <summary>The error of a failed or cancelled response, or of an <c>error</c> event, nested or flat.</summary>
    public static GatewayError Error(JsonElement holder)
    {
        var error = holder.Has("error"u8, out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : holder;
        var code = Text(error, "code"u8);
        var type = Text(error, "type"u8);
        var message = Text(error, "message"u8) ?? (holder.Says("status"u8, "cancelled"u8) ? "The response was cancelled." : "The model's provider failed to make this response.");
        var status = (code, type) switch
        {
            ("rate_limit_exceeded" or "insufficient_quota", _) => 429,
            (_, "rate_limit_error") => 429,
            ("server_error" or "vector_store_timeout" or null, null or "error" or GatewayErrors.ServerErrorType or "model_error") => 500,
            (_, GatewayErrors.ServerErrorType or "model_error") => 500,
            _ => 400,
        };
        var kind = type is null or "error" ? status switch
        {
            429 => "rate_limit_error",
            500 => GatewayErrors.ServerErrorType,
            _ => GatewayErrors.InvalidRequestType,
        } : type;
        return new GatewayError(status, kind, code, message, Text(error, "param"u8));
    }

    /// <summary>What the response used; null where it does not say.</summary>
    public static TokenUsage? Usage(JsonElement response)
    {
        if (!response.Has("usage"u8, out var usage) || usage.ValueKind != JsonValueKind.Object)
            return null;
        var (input, output) = (Count(usage, "input_tokens"u8), Count(usage, "output_tokens"u8));
        return new TokenUsage(
            input,
            output,
            usage.Has("total_tokens"u8, out _) ? Count(usage, "total_tokens"u8) : input + output,
            usage.Has("input_tokens_details"u8, out var inputs) ? Count(inputs, "cached_tokens"u8) : 0,
            usage.Has("output_tokens_details"u8, out var outputs) ? Count(outputs, "reasoning_tokens"u8) : 0);
    }

    /// <summary>Writes chat's usage object.</summary>
    public static void WriteUsage(Utf8JsonWriter writer, TokenUsage usage)
    {
        writer.WriteStartObject();
        writer.WriteNumber("prompt_tokens"u8, usage.InputTokens);
        writer.WriteNumber("completion_tokens"u8, usage.OutputTokens);
        writer.WriteNumber("total_tokens"u8, usage.TotalTokens);
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>A chat id that shows whose it is: the response's own, under chat's prefix.</summary>
    public static string ChatId(JsonElement response) =>
        Text(response, "id"u8) is { } id && id.StartsWith(Ids.Response, StringComparison.Ordinal)
            ? Ids.ChatCompletion + id[Ids.Response.Length..]
            : Ids.New(Ids.ChatCompletion);

    /// <summary>When the response was made, in Unix seconds; some providers write a decimal.</summary>
    public static long Created(JsonElement response, TimeProvider time) =>
        response.Has("created_at"u8, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
            ? (long)seconds
            : time.GetUtcNow().ToUnixTimeSeconds();

    public static string? Text(JsonElement json, ReadOnlySpan<byte> name) =>
        json.Has(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Count(JsonElement json, ReadOnlySpan<byte> name) =>
        json.Has(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var count) ? (long)count : 0;
}
