using System.Text.Json.Nodes;

namespace AiGateway.Protocol;

/// <summary>A request to <c>POST /v1/chat/completions</c> (<c>spec/responses.md</c> §20).</summary>
public sealed class ChatRequest : GatewayRequest
{
    /// <summary>Wraps a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole.</param>
    /// <exception cref="GatewayException">The body is not a JSON object.</exception>
    public ChatRequest(ReadOnlyMemory<byte> utf8)
        : base(ApiKind.Chat, utf8, "messages")
    {
    }

    /// <summary>The conversation; an empty array where the client sent none.</summary>
    public JsonArray Messages
    {
        get
        {
            if (Body["messages"] is not JsonArray messages)
                Body["messages"] = messages = [];
            return messages;
        }
    }

    /// <summary>Sampling temperature, 0 to 2; null for the provider's default.</summary>
    public double? Temperature
    {
        get => Number("temperature");
        set => Body["temperature"] = value;
    }

    /// <summary>The most tokens to make; null for the provider's default.</summary>
    public double? MaxCompletionTokens
    {
        get => Number("max_completion_tokens");
        set => Body["max_completion_tokens"] = value is { } tokens ? (long)tokens : null;
    }
}
