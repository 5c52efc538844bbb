using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Protocol;
using AiGateway.Translation;

namespace AiGateway.Pipeline.StoredCompletions;

/// <summary>A kept chat completion as its client sees it: the completion itself and what it was asked with.</summary>
internal static class CompletionResource
{
    // What OpenAI shows of a request where nothing was asked for; and where it stands in the request.
    private static readonly (string Name, string Asked, string Default)[] Parameters =
    [
        ("tool_choice", "tool_choice", "null"),
        ("seed", "seed", "null"),
        ("top_p", "top_p", "1.0"),
        ("temperature", "temperature", "1.0"),
        ("presence_penalty", "presence_penalty", "0.0"),
        ("frequency_penalty", "frequency_penalty", "0.0"),
        ("input_user", "user", "null"),
        ("tools", "tools", "null"),
        ("response_format", "response_format", "null"),
    ];

    /// <summary>Makes what is kept.</summary>
    /// <param name="completion">The completion as its client got it.</param>
    /// <param name="id">Its id, where it does not say one.</param>
    /// <param name="model">The model that was asked for, where it does not say one.</param>
    /// <param name="created">When it was made, where it does not say so.</param>
    /// <param name="request">The request.</param>
    /// <param name="requestId">The request's id.</param>
    /// <returns>UTF-8 JSON, without metadata.</returns>
    public static ReadOnlyMemory<byte> ToStored(
        JsonElement completion, string id, string model, DateTimeOffset created, JsonElement request, string requestId) => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        if (!Says(completion, "id"))
            json.WriteString("id"u8, id);
        if (!Says(completion, "created"))
            json.WriteNumber("created"u8, created.ToUnixTimeSeconds());
        if (!Says(completion, "model"))
            json.WriteString("model"u8, model);
        foreach (var member in completion.EnumerateObject())
        {
            // Metadata has a place of its own, since it can be changed.
            if (!member.NameEquals("metadata"u8) && !(member.Name is "id" or "created" or "model" && member.Value.ValueKind == JsonValueKind.Null))
                WriteMember(json, member);
        }

        if (!Says(completion, "request_id"))
            json.WriteString("request_id"u8, requestId);
        foreach (var (name, asked, standard) in Parameters)
        {
            if (completion.TryGetProperty(name, out _))
                continue;
            json.WritePropertyName(name);
            if (Says(request, asked))
                json.WriteCopy(request.GetProperty(asked));
            else
                json.WriteRawValue(standard);
        }

        json.WriteEndObject();
    });

    /// <summary>The completion object.</summary>
    /// <param name="json">Where; positioned where a value is expected.</param>
    /// <param name="completion">The completion.</param>
    public static void Write(Utf8JsonWriter json, StoredCompletion completion)
    {
        using var document = JsonDocument.Parse(completion.Body, JsonFormat.DocumentOptions);
        json.WriteStartObject();
        foreach (var member in document.RootElement.EnumerateObject())
            WriteMember(json, member);
        json.WritePropertyName("metadata"u8);
        json.WriteRawValue(completion.Metadata.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    /// <summary>What is left to say of one that is gone.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> RenderDeleted(string id) => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "chat.completion.deleted"u8);
        json.WriteString("id"u8, id);
        json.WriteBoolean("deleted"u8, true);
        json.WriteEndObject();
    });

    // Byte for byte: a provider's text need not be one that can be decoded.
    private static void WriteMember(Utf8JsonWriter json, JsonProperty member)
    {
        json.WritePropertyName(member.Name);
        json.WriteCopy(member.Value);
    }

    private static bool Says(JsonElement holder, string name) => holder.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
}
