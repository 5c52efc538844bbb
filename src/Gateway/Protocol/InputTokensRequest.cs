using System.Text.Json.Nodes;

namespace AiGateway.Protocol;

/// <summary>A request to <c>POST /v1/responses/input_tokens</c> (<c>spec/responses.md</c> §14): a response's request, of which only the input is counted.</summary>
public sealed class InputTokensRequest : GatewayRequest
{
    /// <summary>Wraps a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole.</param>
    /// <exception cref="GatewayException">The body is not a JSON object.</exception>
    public InputTokensRequest(ReadOnlyMemory<byte> utf8)
        : base(ApiKind.Responses, utf8, "input")
    {
    }

    /// <summary>What is to be counted: a string or an array of items; null where the client sent none.</summary>
    public JsonNode? Input
    {
        get => Body["input"];
        set => Body["input"] = value;
    }

    // A previous response or instructions can be all there is.
    private protected override void Validate()
    {
        if (string.IsNullOrEmpty(Envelope.Model))
            throw new GatewayException(GatewayErrors.Missing("model"));
    }
}
