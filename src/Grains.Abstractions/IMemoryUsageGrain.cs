using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>The port of usage there.</summary>
[Alias("AiGateway.Memory.Usage")]
internal interface IMemoryUsageGrain : IGrainWithStringKey
{
    [Alias("Append")]
    Task AppendAsync(UsageRecord[] records);

    [Alias("Sum")]
    Task<IReadOnlyList<UsageSum>> SumAsync(UsageQuery query, CancellationToken cancellationToken);

    [Alias("List")]
    Task<IReadOnlyList<UsageRecord>> ListAsync(UsageQuery query, UsageRecord? after, CancellationToken cancellationToken);

    [Alias("Spent")]
    Task<(long Tokens, decimal Cost)> SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken);
}
