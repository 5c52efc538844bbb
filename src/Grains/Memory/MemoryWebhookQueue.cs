using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Deliveries that a silo holds in its memory for the whole cluster.</summary>
/// <param name="memory">Where it is.</param>
internal sealed class MemoryWebhookQueue(MemoryClient memory) : IWebhookQueue
{
    public ValueTask PostponeAsync(WebhookDelivery delivery) =>
        memory.AskAsync<IMemoryWebhooksGrain>(grain => grain.PostponeAsync(delivery));

    public ValueTask RemoveAsync(WebhookDelivery delivery) =>
        memory.AskAsync<IMemoryWebhooksGrain>(grain => grain.RemoveAsync(delivery));

    public ValueTask<int> DropOthersAsync(IReadOnlyCollection<string> endpoints, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryWebhooksGrain, int>(grain => grain.DropOthersAsync(endpoints, cancellationToken));

    public async ValueTask<(IReadOnlyList<WebhookDelivery> Due, DateTimeOffset? Next)> DueAsync(
        string endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var (due, next) = await memory.AskAsync<IMemoryWebhooksGrain, DueDeliveries>(grain => grain.DueAsync(endpoint, now, limit, cancellationToken));
        return (due, next);
    }

    // A call is not held open for long: it is made again until there is something.
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (!await memory.AskAsync<IMemoryWebhooksGrain, bool>(grain => grain.WaitAsync(cancellationToken)))
            cancellationToken.ThrowIfCancellationRequested();
    }
}
