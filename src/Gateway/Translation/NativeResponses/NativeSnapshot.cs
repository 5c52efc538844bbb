using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using AiGateway.Responses;
using AiGateway.Responses.Sealing;

namespace AiGateway.Translation.NativeResponses;

/// <summary>
/// Makes a provider's response object ours: our id, the client's own name for the model and its own words where the object repeats the request, all 31 keys
/// whatever the provider left out, and everything else as the provider said it.
/// </summary>
internal sealed class NativeSnapshot
{
    // What the gateway, not the provider, decides or knows.
    private static readonly string[] Ours =
        ["id", "object", "created_at", "model", "store", "background", "previous_response_id", "conversation", "instructions", "metadata", "tool_choice"];

    private readonly ProviderOptions _provider;
    private readonly JsonObject _template;
    private readonly TimeProvider _time;
    private readonly bool _hidesSchema;

    /// <summary>Prepares the parts that do not change.</summary>
    /// <param name="snapshot">The response's beginning.</param>
    /// <param name="provider">Whose response it is: its secrets are taken out of its error.</param>
    /// <param name="time">Where the time of completion comes from: the provider's clock is not the one that <c>created_at</c> is by.</param>
    public NativeSnapshot(ResponseSnapshot snapshot, ProviderOptions provider, TimeProvider time)
    {
        _time = time;
        _provider = provider;
        Id = snapshot.Id;
        _template = JsonNode.Parse(snapshot.Render().Span, JsonFormat.NodeOptions, JsonFormat.DocumentOptions)!.AsObject();
        _hidesSchema = _template["text"]?["format"] is JsonObject format && format.ContainsKey("schema") && format["schema"] is null;
    }

    public string Id { get; }

    /// <summary>An item that the output is to begin with, before what the provider says; null for none.</summary>
    public JsonObject? First { get; set; }

    /// <summary>What was used before the answer began; null for nothing.</summary>
    public TokenUsage? UsageBefore { get; set; }

    /// <summary>Seals the encrypted reasoning of the output; null where it passes as it comes.</summary>
    public ReasoningSeals? ReasoningSeals { get; set; }

    /// <summary>Makes an object ours, in place.</summary>
    /// <param name="response">The provider's response object.</param>
    /// <param name="ids">The items' ids.</param>
    public void Adopt(JsonObject response, NativeIds ids)
    {
        foreach (var (name, value) in _template)
        {
            if (Ours.Contains(name, StringComparer.Ordinal) || response[name] is null)
                response[name] = value?.DeepClone();
        }

        response["completed_at"] = response["status"]?.ToString() == ResponseStatus.Completed ? _time.GetUtcNow().ToUnixTimeSeconds() : null;
        if (_hidesSchema && response["text"]?["format"] is JsonObject format && format.ContainsKey("schema"))
            format["schema"] = null;
        NativeShape.MendResponse(response);
        response.Remove("output_text");
        if (response["error"] is JsonObject error && error["message"] is JsonValue message && message.GetValueKind() == JsonValueKind.String)
            error["message"] = new Redactor(_provider).Redact(message.GetValue<string>());
        var place = 0;
        foreach (var item in response["output"]!.AsArray())
        {
            NativeShape.MendItem(item!.AsObject());
            ids.Rename(item!.AsObject(), place++);
            ReasoningSeals?.Apply(item!.AsObject());
        }
    }

    /// <summary>Puts what was before the provider's answer into its final object: <see cref="First"/>, and what that cost. Once: it would be there twice.</summary>
    /// <param name="final">The final object, adopted.</param>
    public void AddBefore(JsonObject final)
    {
        if (First is not null)
            final["output"]!.AsArray().Insert(0, First.DeepClone());
        if (UsageBefore is not { } before || UsageOf(final) is not { } usage)
            return;
        usage = usage.Plus(before);
        var counts = final["usage"]!.AsObject();
        counts["input_tokens"] = usage.InputTokens;
        counts["output_tokens"] = usage.OutputTokens;
        counts["total_tokens"] = usage.TotalTokens;
        counts["input_tokens_details"]!["cached_tokens"] = usage.CachedTokens;
        counts["output_tokens_details"]!["reasoning_tokens"] = usage.ReasoningTokens;
    }

    /// <summary>An object of our own, for a provider that did not send one.</summary>
    public JsonObject Begun() => _template.DeepClone().AsObject();

    /// <summary>The counts of a response object.</summary>
    public static TokenUsage? UsageOf(JsonObject response) =>
        response["usage"] is JsonObject usage ? UsageReader.Read(JsonSerializer.SerializeToUtf8Bytes(usage, JsonFormat.SerializerOptions)) : null;
}
