using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Responses.Sealing;

/// <summary>A provider's encrypted reasoning, and whose it is: only its maker can open it, so only its maker gets it back.</summary>
/// <param name="Provider">The name of the provider that made it.</param>
/// <param name="Model">The model that the client asked for then.</param>
/// <param name="Original">The provider's own <c>encrypted_content</c>.</param>
internal sealed record ReasoningContent(string Provider, string Model, string Original)
{
    /// <summary>Seals it.</summary>
    /// <param name="sealer">Who seals.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <returns>An item's <c>encrypted_content</c>.</returns>
    public string Seal(Sealer sealer, string? tenant)
    {
        var content = new JsonObject { ["provider"] = Provider, ["model"] = Model, ["original"] = Original };
        return sealer.Seal(JsonSerializer.SerializeToUtf8Bytes(content, JsonFormat.SerializerOptions), SealPurpose.Reasoning, tenant);
    }

    /// <summary>Opens a reasoning item of ours.</summary>
    /// <param name="item">The item.</param>
    /// <param name="sealer">Who opens.</param>
    /// <param name="tenant">Whose it must be.</param>
    /// <param name="param">Where its content stands in the request.</param>
    /// <exception cref="GatewayException">400 <c>invalid_encrypted_content</c>.</exception>
    public static ReasoningContent Open(InputItem item, Sealer sealer, string? tenant, string param)
    {
        var text = ContextItems.Text(item, "encrypted_content"u8) ?? "";
        var payload = sealer.Open(text, SealPurpose.Reasoning, tenant, ContextItems.Text(item, "id"u8), param);
        var root = JsonElement.Parse(payload, JsonFormat.DocumentOptions);
        return new ReasoningContent(
            root.GetProperty("provider"u8).GetString()!, root.GetProperty("model"u8).GetString()!, root.GetProperty("original"u8).GetString()!);
    }
}
