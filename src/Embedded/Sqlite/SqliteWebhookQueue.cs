using System.Threading.Channels;
using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Keeps webhook deliveries in a SQLite database.</summary>
internal sealed class SqliteWebhookQueue(SqliteDatabase database) : IWebhookQueue
{
    // Holds at most the one fact that something has entered.
    private readonly Channel<bool> _entered = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Ends the waiting: a delivery has entered.</summary>
    public void Signal() => _entered.Writer.TryWrite(true);

    /// <inheritdoc/>
    public async ValueTask<(IReadOnlyList<WebhookDelivery> Due, DateTimeOffset? Next)> DueAsync(
        string endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        // One more than wanted, to know when the next is due.
        var first = await database.ReadAsync(session => DeliveryRows.First(session, endpoint, limit + 1), cancellationToken);
        var due = first.TakeWhile((delivery, i) => i < limit && delivery.DueAt <= now).ToList();
        return (due, first.Count > due.Count ? first[due.Count].DueAt : null);
    }

    /// <inheritdoc/>
    /// <remarks>Not flushed: an attempt too many after a loss of power is within "at least once".</remarks>
    public async ValueTask PostponeAsync(WebhookDelivery delivery) =>
        await database.WriteAsync(session => DeliveryRows.Postpone(session, delivery), urgent: false);

    /// <inheritdoc/>
    /// <remarks>Not flushed, as <see cref="PostponeAsync"/>.</remarks>
    public async ValueTask RemoveAsync(WebhookDelivery delivery) =>
        await database.WriteAsync(session => DeliveryRows.Delete(session, delivery), urgent: false);

    /// <inheritdoc/>
    public async ValueTask<int> DropOthersAsync(IReadOnlyCollection<string> endpoints, CancellationToken cancellationToken)
    {
        // Mostly there are none, and then nothing is written.
        var others = (await database.ReadAsync(DeliveryRows.Endpoints, cancellationToken)).Except(endpoints, StringComparer.Ordinal).ToList();
        return others.Count == 0
            ? 0
            : await database.WriteAsync(session => others.Sum(endpoint => DeliveryRows.Drop(session, endpoint)), urgent: false, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _entered.Reader.ReadAsync(cancellationToken);
}
