using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Usage that a silo holds in its memory for the whole cluster.</summary>
/// <param name="memory">Where it is.</param>
internal sealed class MemoryUsageStore(MemoryClient memory) : IUsageStore
{
    // Its own copy: who records goes on to use the list, and what goes to the same process is not copied.
    public ValueTask AppendAsync(IReadOnlyList<UsageRecord> records) =>
        memory.AskAsync<IMemoryUsageGrain>(grain => grain.AppendAsync([.. records]));

    public ValueTask<IReadOnlyList<UsageSum>> SumAsync(UsageQuery query, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryUsageGrain, IReadOnlyList<UsageSum>>(grain => grain.SumAsync(query, cancellationToken));

    public ValueTask<IReadOnlyList<UsageRecord>> ListAsync(UsageQuery query, UsageRecord? after, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryUsageGrain, IReadOnlyList<UsageRecord>>(grain => grain.ListAsync(query, after, cancellationToken));

    public ValueTask<(long Tokens, decimal Cost)> SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryUsageGrain, (long Tokens, decimal Cost)>(grain => grain.SpentAsync(scope, name, since, cancellationToken));
}
