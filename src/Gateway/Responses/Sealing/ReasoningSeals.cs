using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Responses.Sealing;

/// <summary>Seals the encrypted reasoning of one response's output: the same content the same way in every event and in the final object.</summary>
/// <param name="sealer">Who seals.</param>
/// <param name="tenant">Whose the response is.</param>
/// <param name="provider">The name of the provider that makes it.</param>
/// <param name="model">The model that the client asked for.</param>
internal sealed class ReasoningSeals(Sealer sealer, string? tenant, string provider, string model)
{
    private readonly Dictionary<string, string> _sealed = new(StringComparer.Ordinal);

    /// <summary>Puts the sealed content on an item, if it is reasoning with any.</summary>
    /// <param name="item">The item, as the provider gave it.</param>
    public void Apply(JsonObject item)
    {
        if (item["type"]?.ToString() != "reasoning" || item["encrypted_content"] is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
            return;
        var original = value.GetValue<string>();

        // A whole response that is streamed after all comes by here a second time. What is too much to seal passes as it came.
        if (original.Length > SealedPayload.MaxBytes / 8 || _sealed.ContainsValue(original))
            return;
        if (!_sealed.TryGetValue(original, out var text))
            _sealed[original] = text = new ReasoningContent(provider, model, original).Seal(sealer, tenant);
        item["encrypted_content"] = text;
    }
}
