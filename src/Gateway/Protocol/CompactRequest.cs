using System.Text.Json.Nodes;

namespace AiGateway.Protocol;

/// <summary>A request to <c>POST /v1/responses/compact</c> (<c>spec/responses.md</c> §14).</summary>
public sealed class CompactRequest : GatewayRequest
{
    /// <summary>Wraps a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole.</param>
    /// <exception cref="GatewayException">The body is not a JSON object.</exception>
    public CompactRequest(ReadOnlyMemory<byte> utf8)
        : base(ApiKind.Responses, utf8, "input")
    {
    }

    /// <summary>What is to be compacted: a string or an array of items; null where the client sent none.</summary>
    public JsonNode? Input
    {
        get => Body["input"];
        set => Body["input"] = value;
    }

    /// <summary>What the summary is to heed; null for nothing.</summary>
    public string? Instructions
    {
        get => Text("instructions");
        set => Body["instructions"] = value;
    }

    // A previous response can be all there is.
    private protected override void Validate()
    {
        if (string.IsNullOrEmpty(Envelope.Model))
            throw new GatewayException(GatewayErrors.Missing("model"));
    }
}
