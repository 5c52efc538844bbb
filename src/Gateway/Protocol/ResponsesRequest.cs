using System.Text.Json.Nodes;

namespace AiGateway.Protocol;

/// <summary>A request to <c>POST /v1/responses</c> (<c>spec/responses.md</c> §3).</summary>
public sealed class ResponsesRequest : GatewayRequest
{
    /// <summary>Wraps a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole.</param>
    /// <exception cref="GatewayException">The body is not a JSON object.</exception>
    public ResponsesRequest(ReadOnlyMemory<byte> utf8)
        : base(ApiKind.Responses, utf8, "input")
    {
    }

    /// <summary>The input: a string or an array of items; null where the client sent none.</summary>
    public JsonNode? Input
    {
        get => Body["input"];
        set => Body["input"] = value;
    }

    /// <summary>The system text put first; null for none.</summary>
    public string? Instructions
    {
        get => Text("instructions");
        set => Body["instructions"] = value;
    }

    /// <summary>Sampling temperature, 0 to 2; null for the provider's default.</summary>
    public double? Temperature
    {
        get => Number("temperature");
        set => Body["temperature"] = value;
    }

    // A response may do without input: a previous response or instructions can be all there is.
    private protected override void Validate()
    {
        if (string.IsNullOrEmpty(Envelope.Model))
            throw new GatewayException(GatewayErrors.Missing("model"));
    }
}
