using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Output;

namespace AiGateway.Responses;

/// <summary>
/// A response object as it stands: all 31 keys, always (<c>spec/responses.md</c> §8). What changes in its life is here,
/// what only repeats the request is in <see cref="ResponseEcho"/>.
/// </summary>
internal sealed class ResponseSnapshot
{
    private readonly byte[] _echo;
    private readonly string _askedTier;
    private (string Status, string? Tier, ReadOnlyMemory<byte> Body)? _beginning;

    public ResponseSnapshot(CreateResponse request, string model, bool echoJsonSchema, string id, DateTimeOffset createdAt)
    {
        Id = id;
        CreatedAt = createdAt.ToUnixTimeSeconds();
        _askedTier = request.ServiceTier ?? "auto";
        _echo = ResponseEcho.Render(request, model, echoJsonSchema);
        Conversation = request.Conversation;
    }

    public string Id { get; }

    public long CreatedAt { get; }

    public string? Conversation { get; }

    public string Status { get; set; } = ResponseStatus.InProgress;

    /// <summary>Unix seconds; set only when the response completed.</summary>
    public long? CompletedAt { get; set; }

    public string? IncompleteReason { get; set; }

    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    /// <summary>The tier that the provider used; null while not known.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>What the answer used.</summary>
    public TokenUsage? Usage { get; set; }

    /// <summary>What was used before the answer began, by a compaction; null for nothing.</summary>
    public TokenUsage? UsageBefore { get; set; }

    public List<OutputItem> Output { get; } = [];

    public bool IsTerminal => Status is not (ResponseStatus.Queued or ResponseStatus.InProgress);

    /// <summary>The object as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Render()
    {
        if (IsTerminal)
            return RenderNow();

        // Until it ends nothing else shows: its beginning is kept, told as created and told as running in the same bytes.
        if (_beginning is not var (status, tier, body) || status != Status || tier != ServiceTier)
            _beginning = (Status, ServiceTier, body = RenderNow());
        return body;
    }

    /// <summary>Writes the member <c>usage</c>, with its details.</summary>
    /// <param name="json">Where.</param>
    /// <param name="usage">The counts.</param>
    public static void WriteUsage(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.InputTokens);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.OutputTokens);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.InputTokens + usage.OutputTokens);
        json.WriteEndObject();
    }

    private ReadOnlyMemory<byte> RenderNow()
    {
        var buffer = new ArrayBufferWriter<byte>(_echo.Length + 512);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            WriteLife(json);
            json.WriteEndObject();
        }

        // The closing brace gives way to the echo.
        var body = new byte[buffer.WrittenCount + 1 + _echo.Length];
        buffer.WrittenSpan[..^1].CopyTo(body);
        var at = buffer.WrittenCount - 1;
        body[at++] = (byte)',';
        _echo.CopyTo(body, at);
        body[^1] = (byte)'}';
        return body;
    }

    private void WriteLife(Utf8JsonWriter json)
    {
        json.WriteString("id"u8, Id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, CreatedAt);
        json.WriteString("status"u8, Status);
        WriteNumber(json, "completed_at"u8, CompletedAt);
        if (ErrorMessage is null)
        {
            json.WriteNull("error"u8);
        }
        else
        {
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, ErrorCode ?? "server_error");
            json.WriteString("message"u8, ErrorMessage);
            json.WriteEndObject();
        }

        if (IncompleteReason is null)
        {
            json.WriteNull("incomplete_details"u8);
        }
        else
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, IncompleteReason);
            json.WriteEndObject();
        }

        json.WriteStartArray("output"u8);
        if (IsTerminal)
        {
            foreach (var item in Output)
                item.Write(json);
        }

        json.WriteEndArray();
        WriteUsage(json);
        json.WriteString("service_tier"u8, ServiceTier ?? (IsTerminal && _askedTier == "auto" ? "default" : _askedTier));
        if (Conversation is null)
        {
            json.WriteNull("conversation"u8);
        }
        else
        {
            json.WriteStartObject("conversation"u8);
            json.WriteString("id"u8, Conversation);
            json.WriteEndObject();
        }
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        if (Usage is not { } usage || !IsTerminal)
        {
            json.WriteNull("usage"u8);
            return;
        }

        WriteUsage(json, UsageBefore is { } before ? usage.Plus(before) : usage);
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
