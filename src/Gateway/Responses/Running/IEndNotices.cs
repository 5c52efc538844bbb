using AiGateway.Engine;

namespace AiGateway.Responses.Running;

/// <summary>Knows who is to be told of a background response's end.</summary>
internal interface IEndNotices
{
    /// <summary>What is to be delivered.</summary>
    /// <param name="response">The response.</param>
    /// <param name="status">completed, incomplete, failed or cancelled.</param>
    IReadOnlyList<WebhookDelivery> For(StoredResponse response, string status);
}
