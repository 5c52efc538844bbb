using AiGateway.Protocol;

namespace AiGateway.Translation;

/// <summary>The errors for what the Responses API can say and Chat Completions cannot.</summary>
internal static class ChatUnsupported
{
    public static GatewayError Parameter(string param) => GatewayErrors.Unsupported(
        param, $"Unsupported parameter: '{param}' is not supported with this model: its provider speaks the Chat Completions API only.");

    public static GatewayError Value(string param, string value) => GatewayErrors.Invalid(
        $"Unsupported value: '{value}' is not supported with this model: its provider speaks the Chat Completions API only.", param, "unsupported_value");

    /// <summary>A reference that nobody resolved (<c>spec/responses.md</c> §4).</summary>
    public static GatewayError UnknownItem(string? id) => new(
        404,
        GatewayErrors.InvalidRequestType,
        null,
        $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
        "input");

    public static GatewayError SealedItem(string param, string? id) => GatewayErrors.Invalid(
        $"The encrypted content for item {id ?? "of type 'compaction'"} could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
        param,
        "invalid_encrypted_content");
}
