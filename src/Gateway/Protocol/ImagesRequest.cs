namespace AiGateway.Protocol;

/// <summary>A request to <c>POST /v1/images/generations</c>.</summary>
public sealed class ImagesRequest : GatewayRequest
{
    /// <summary>Wraps a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole.</param>
    /// <exception cref="GatewayException">The body is not a JSON object.</exception>
    public ImagesRequest(ReadOnlyMemory<byte> utf8)
        : base(ApiKind.Images, utf8, "prompt")
    {
    }

    /// <summary>What the image is to show; null where the client sent none.</summary>
    public string? Prompt
    {
        get => Text("prompt");
        set => Body["prompt"] = value;
    }
}
