using System.Text.Json.Nodes;

namespace AiGateway.Protocol;

/// <summary>A request to <c>POST /v1/embeddings</c>.</summary>
public sealed class EmbeddingsRequest : GatewayRequest
{
    /// <summary>Wraps a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole.</param>
    /// <exception cref="GatewayException">The body is not a JSON object.</exception>
    public EmbeddingsRequest(ReadOnlyMemory<byte> utf8)
        : base(ApiKind.Embeddings, utf8, "input")
    {
    }

    /// <summary>The input: a string, strings, tokens or arrays of tokens; null where the client sent none.</summary>
    public JsonNode? Input
    {
        get => Body["input"];
        set => Body["input"] = value;
    }
}
