namespace AiGateway.Protocol;

/// <summary>A request to <c>GET /v1/models</c> or <c>GET /v1/models/{id}</c>. It has no body.</summary>
public sealed class ModelsRequest : GatewayRequest
{
    /// <summary>Creates the request.</summary>
    /// <param name="id">The model asked for; null for the list.</param>
    public ModelsRequest(string? id = null)
        : base(ApiKind.Models, default, "") => Id = id;

    /// <summary>The model asked for; null for the list.</summary>
    public string? Id { get; }

    private protected override void Validate()
    {
    }
}
