using AiGateway.Engine;

namespace AiGateway.Responses.Running;

/// <summary>Reads kept events for somebody who reads on: where the storage cannot be used now, it waits until it can.</summary>
internal static class StoredEvents
{
    /// <summary>How soon to ask a storage again that could not be used.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads events, as <see cref="IResponseStore.ReadEventsAsync"/> does.</summary>
    public static async ValueTask<EventPage> ReadAsync(
        IResponseStore store, string id, long after, int maxBytes, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await store.ReadEventsAsync(id, after, maxBytes, cancellationToken);
            }
            catch (StorageUnavailableException)
            {
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }
}
