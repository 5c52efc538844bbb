using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>
/// The part of a response object that only repeats the request, with its defaults filled in (<c>spec/responses.md</c> §8).
/// It is the same in every snapshot, so it is written once.
/// </summary>
internal static class ResponseEcho
{
    /// <summary>Writes the echoed members.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model's name as the client knows it.</param>
    /// <param name="echoJsonSchema">Whether <c>text.format.schema</c> is the real schema; else null, as the Open Responses schema has it.</param>
    /// <returns>Members of a JSON object, without its braces.</returns>
    public static byte[] Render(CreateResponse request, string model, bool echoJsonSchema)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            json.WriteString("previous_response_id"u8, request.PreviousResponseId);
            json.WriteString("instructions"u8, request.Instructions);
            WriteTools(json, request.Tools);
            WriteToolChoice(json, request.ToolChoice);
            json.WriteString("truncation"u8, request.Truncation);
            json.WriteBoolean("parallel_tool_calls"u8, request.ParallelToolCalls ?? true);
            WriteText(json, request, echoJsonSchema);
            json.WriteNumber("top_p"u8, request.TopP ?? 1);
            json.WriteNumber("presence_penalty"u8, request.PresencePenalty ?? 0);
            json.WriteNumber("frequency_penalty"u8, request.FrequencyPenalty ?? 0);
            json.WriteNumber("top_logprobs"u8, request.TopLogprobs ?? 0);
            json.WriteNumber("temperature"u8, request.Temperature ?? 1);
            json.WriteStartObject("reasoning"u8);
            json.WriteString("effort"u8, request.ReasoningEffort);
            json.WriteString("summary"u8, request.ReasoningSummary);
            json.WriteEndObject();
            WriteNumber(json, "max_output_tokens"u8, request.MaxOutputTokens);
            WriteNumber(json, "max_tool_calls"u8, request.MaxToolCalls);
            json.WriteBoolean("store"u8, request.Store);
            json.WriteBoolean("background"u8, request.Background);
            json.WritePropertyName("metadata"u8);
            WriteObjectOr(json, request.Metadata, "{}"u8);
            json.WriteString("safety_identifier"u8, request.SafetyIdentifier);
            json.WriteString("prompt_cache_key"u8, request.PromptCacheKey);
            json.WriteString("user"u8, request.User);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan[1..^1].ToArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static void WriteObjectOr(Utf8JsonWriter json, JsonElement? value, ReadOnlySpan<byte> otherwise)
    {
        if (value is { ValueKind: not JsonValueKind.Null } element)
            element.WriteTo(json);
        else
            json.WriteRawValue(otherwise, skipInputValidation: true);
    }

    // A function tool's five keys are all required in the echo; hosted tools go back as they came.
    private static void WriteTools(Utf8JsonWriter json, IReadOnlyList<JsonElement> tools)
    {
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            if (tool.GetProperty("type"u8).ValueEquals("function"u8))
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "function"u8);
                WriteMember(json, tool, "name"u8);
                WriteMember(json, tool, "description"u8);
                WriteMember(json, tool, "parameters"u8);
                WriteMember(json, tool, "strict"u8);
                json.WriteEndObject();
            }
            else
            {
                tool.WriteTo(json);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteMember(Utf8JsonWriter json, JsonElement holder, ReadOnlySpan<byte> name)
    {
        json.WritePropertyName(name);
        if (holder.TryGetProperty(name, out var value))
            value.WriteTo(json);
        else
            json.WriteNullValue();
    }

    private static void WriteToolChoice(Utf8JsonWriter json, ToolChoice choice)
    {
        json.WritePropertyName("tool_choice"u8);
        if (choice.Allowed is { } allowed)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "allowed_tools"u8);
            json.WriteStartArray("tools"u8);
            foreach (var name in allowed)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "function"u8);
                json.WriteString("name"u8, name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("mode"u8, choice.Mode);
            json.WriteEndObject();
        }
        else if (choice.Json is { } element)
        {
            element.WriteTo(json);
        }
        else
        {
            json.WriteStringValue(choice.Mode);
        }
    }

    private static void WriteText(Utf8JsonWriter json, CreateResponse request, bool echoJsonSchema)
    {
        json.WriteStartObject("text"u8);
        json.WritePropertyName("format"u8);
        if (request.TextFormat is { } format && format.GetProperty("type"u8).ValueEquals("json_schema"u8))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "json_schema"u8);
            WriteMember(json, format, "name"u8);
            WriteMember(json, format, "description"u8);
            if (echoJsonSchema)
                WriteMember(json, format, "schema"u8);
            else
                json.WriteNull("schema"u8);
            json.WriteBoolean("strict"u8, format.TryGetProperty("strict"u8, out var strict) && strict.ValueKind == JsonValueKind.True);
            json.WriteEndObject();
        }
        else
        {
            WriteObjectOr(json, request.TextFormat, """{"type":"text"}"""u8);
        }

        json.WriteString("verbosity"u8, request.Verbosity ?? "medium");
        json.WriteEndObject();
    }
}
