namespace AiGateway.Engine;

/// <summary>
/// Where usage is recorded, each call once by its id. What a task that ended has written is there after a kill of the process. That of background responses comes
/// by <see cref="IResponseStore.EndAsync"/>, in one with their ends. Every method throws <see cref="StorageUnavailableException"/> where the storage cannot be used now.
/// </summary>
public interface IUsageStore
{
    /// <summary>Records usage. What is recorded already, by its id, is passed over.</summary>
    /// <param name="records">The records.</param>
    ValueTask AppendAsync(IReadOnlyList<UsageRecord> records);

    /// <summary>Sums usage up.</summary>
    /// <param name="query">Which, and how.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The groups, in the order of what they have in common.</returns>
    ValueTask<IReadOnlyList<UsageSum>> SumAsync(UsageQuery query, CancellationToken cancellationToken);

    /// <summary>Lists records, the oldest first.</summary>
    /// <param name="query">Which; what it says of groups does not matter.</param>
    /// <param name="after">The record behind which to begin; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>At most as many as the query says.</returns>
    ValueTask<IReadOnlyList<UsageRecord>> ListAsync(UsageQuery query, UsageRecord? after, CancellationToken cancellationToken);

    /// <summary>What was used up by a key or a tenant since a full hour. Stays known when records are deleted.</summary>
    /// <param name="scope"><c>key</c> or <c>tenant</c>.</param>
    /// <param name="name">Its id or name.</param>
    /// <param name="since">The hour.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<(long Tokens, decimal Cost)> SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken);
}
