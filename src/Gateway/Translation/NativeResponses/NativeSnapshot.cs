using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using AiGateway.Responses;

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

    /// <summary>Prepares the parts that do not change.</summary>
    /// <param name="snapshot">The response's beginning.</param>
    /// <param name="provider">Whose responses they are: its secrets are taken out of what it says of errors.</param>
    public NativeSnapshot(ResponseSnapshot snapshot, ProviderOptions provider)
    {
        _provider = provider;
        Id = snapshot.Id;
        _template = JsonNode.Parse(snapshot.Render().Span, JsonFormat.NodeOptions, JsonFormat.DocumentOptions)!.AsObject();
    }

    public string Id { get; }

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

        if (response["error"]?["message"] is JsonValue message && message.GetValueKind() == JsonValueKind.String)
            response["error"]!["message"] = new Redactor(_provider).Redact(message.GetValue<string>());
        response.Remove("output_text");
        var place = 0;
        foreach (var item in response["output"]!.AsArray())
            ids.Rename(item!.AsObject(), place++);
    }

    /// <summary>An object of our own, for a provider that did not send one.</summary>
    /// <param name="status">Its status.</param>
    public JsonObject Make(string status)
    {
        var response = _template.DeepClone().AsObject();
        response["status"] = status;
        return response;
    }

    /// <summary>The counts of a response object.</summary>
    public static TokenUsage? UsageOf(JsonObject response) =>
        response["usage"] is JsonObject usage ? UsageReader.Read(JsonSerializer.SerializeToUtf8Bytes(usage, JsonFormat.SerializerOptions)) : null;
}
