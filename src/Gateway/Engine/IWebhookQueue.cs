namespace AiGateway.Engine;

/// <summary>
/// What webhook endpoints are still to be told. Deliveries enter by <see cref="IResponseStore.EndAsync"/>, in one with what they tell of. Every method
/// throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.
/// </summary>
public interface IWebhookQueue
{
    /// <summary>Finds an endpoint's deliveries that are due, the longest due first. Asked for each endpoint by itself, so that what waits for a dead one stands in nobody's way.</summary>
    /// <param name="endpoint">The endpoint's name.</param>
    /// <param name="now">The time now.</param>
    /// <param name="limit">The most to find.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The deliveries, and when the next of its others is due; null where there is none.</returns>
    ValueTask<(IReadOnlyList<WebhookDelivery> Due, DateTimeOffset? Next)> DueAsync(string endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Puts a delivery off that could not be made.</summary>
    /// <param name="delivery">The delivery, with its attempts and its next time.</param>
    ValueTask PostponeAsync(WebhookDelivery delivery);

    /// <summary>Forgets a delivery: it was made, or is given up.</summary>
    /// <param name="delivery">The delivery.</param>
    ValueTask RemoveAsync(WebhookDelivery delivery);

    /// <summary>Forgets what was for endpoints that are not there any more.</summary>
    /// <param name="endpoints">The names of those that are.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be forgotten all the same.</param>
    /// <returns>How many deliveries are forgotten.</returns>
    ValueTask<int> DropOthersAsync(IReadOnlyCollection<string> endpoints, CancellationToken cancellationToken);

    /// <summary>Ends when a delivery has entered since the last call.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask WaitAsync(CancellationToken cancellationToken);
}
