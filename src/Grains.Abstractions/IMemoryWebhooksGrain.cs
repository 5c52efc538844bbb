using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>The port of deliveries there.</summary>
[Alias("AiGateway.Memory.Webhooks")]
internal interface IMemoryWebhooksGrain : IGrainWithStringKey
{
    [Alias("Due")]
    Task<DueDeliveries> DueAsync(string endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    [Alias("Postpone")]
    Task PostponeAsync(WebhookDelivery delivery);

    [Alias("Remove")]
    Task RemoveAsync(WebhookDelivery delivery);

    [Alias("DropOthers")]
    Task<int> DropOthersAsync(IReadOnlyCollection<string> endpoints, CancellationToken cancellationToken);

    [Alias("Wait")]
    Task<bool> WaitAsync(CancellationToken cancellationToken);
}

/// <summary>Deliveries that are due, and when the next of the others is.</summary>
/// <param name="Due">The deliveries.</param>
/// <param name="Next">When; null where there is none.</param>
internal sealed record DueDeliveries(IReadOnlyList<WebhookDelivery> Due, DateTimeOffset? Next);
