namespace AiGateway.Engine;

/// <summary>
/// What webhook endpoints are still to be told. Deliveries enter by <see cref="IResponseStore.EndAsync"/>, in one with what they tell of. Every method
/// throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.
/// </summary>
public interface IWebhookQueue
{
    /// <summary>Finds deliveries that are due, the longest due first.</summary>
    /// <param name="now">The time now.</param>
    /// <param name="limit">The most to find.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The deliveries, and when the next of the others is due; null where there is none.</returns>
    ValueTask<(IReadOnlyList<WebhookDelivery> Due, DateTimeOffset? Next)> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Puts a delivery off that could not be made.</summary>
    /// <param name="delivery">The delivery, with its attempts and its next time.</param>
    ValueTask PostponeAsync(WebhookDelivery delivery);

    /// <summary>Forgets a delivery: it was made, or is given up.</summary>
    /// <param name="delivery">The delivery.</param>
    ValueTask RemoveAsync(WebhookDelivery delivery);

    /// <summary>Ends when a delivery has entered since the last call.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask WaitAsync(CancellationToken cancellationToken);
}
