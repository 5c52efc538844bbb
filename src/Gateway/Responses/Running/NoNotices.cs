using AiGateway.Engine;

namespace AiGateway.Responses.Running;

/// <summary>Nobody is to be told.</summary>
internal sealed class NoNotices : IEndNotices
{
    public IReadOnlyList<WebhookDelivery> For(StoredResponse response, string status) => [];
}
