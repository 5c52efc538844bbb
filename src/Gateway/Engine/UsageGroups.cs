using System.Globalization;

namespace AiGateway.Engine;

/// <summary>Puts records together by what they have in common, for stores that do not do so themselves.</summary>
/// <param name="by">What, of <see cref="UsageQuery.Groups"/>; none for one sum.</param>
internal sealed class UsageGroups(IReadOnlyList<string> by)
{
    private readonly SortedDictionary<string?[], UsageSum> _sums = new(Comparer<string?[]>.Create(Compare));

    /// <summary>What one call adds.</summary>
    public static UsageSum Of(UsageRecord record) => new(
        [],
        1,
        record.Outcome == "failed" ? 1 : 0,
        record.InputTokens,
        record.CachedTokens,
        record.OutputTokens,
        record.ReasoningTokens,
        record.IsEstimated ? record.InputTokens + record.OutputTokens : 0,
        record.Cost);

    /// <summary>Adds a record.</summary>
    public void Add(UsageRecord record) => Add(record, Of(record));

    /// <summary>Adds what calls used.</summary>
    /// <param name="like">What they have in common.</param>
    /// <param name="used">What they used together.</param>
    public void Add(UsageRecord like, UsageSum used) => Add(used with { Keys = [.. by.Select(group => ValueOf(group, like))] });

    /// <summary>Adds what a group's calls used.</summary>
    /// <param name="used">What they used together, under what they have in common.</param>
    public void Add(UsageSum used)
    {
        var shared = used.Keys.ToArray();
        var sum = _sums.GetValueOrDefault(shared) ?? Empty(shared);
        _sums[shared] = sum with
        {
            Requests = sum.Requests + used.Requests,
            Errors = sum.Errors + used.Errors,
            InputTokens = sum.InputTokens + used.InputTokens,
            CachedTokens = sum.CachedTokens + used.CachedTokens,
            OutputTokens = sum.OutputTokens + used.OutputTokens,
            ReasoningTokens = sum.ReasoningTokens + used.ReasoningTokens,
            EstimatedTokens = sum.EstimatedTokens + used.EstimatedTokens,
            Cost = sum.Cost + used.Cost,
        };
    }

    /// <summary>The groups, in the order of what they have in common.</summary>
    /// <param name="limit">The most.</param>
    public IReadOnlyList<UsageSum> Sums(int limit) => [.. (by.Count == 0 && _sums.Count == 0 ? [Empty([])] : _sums.Values.AsEnumerable()).Take(limit)];

    private static UsageSum Empty(string?[] shared) => new(shared, 0, 0, 0, 0, 0, 0, 0, 0);

    private static int Compare(string?[] one, string?[] other)
    {
        for (var i = 0; i < one.Length; i++)
        {
            if (string.CompareOrdinal(one[i], other[i]) is var order and not 0)
                return order;
        }

        return 0;
    }

    private static string? ValueOf(string group, UsageRecord record) => group switch
    {
        "tenant" => record.Tenant,
        "key" => record.KeyId,
        "model" => record.Model,
        "provider" => record.Provider,
        "provider_model" => record.ProviderModel,
        "api" => record.Api,
        "outcome" => record.Outcome,
        "hour" => Time(record, "yyyy-MM-dd'T'HH':00:00Z'"),
        "day" => Time(record, "yyyy-MM-dd'T00:00:00Z'"),
        "month" => Time(record, "yyyy-MM-'01T00:00:00Z'"),
        _ => throw new ArgumentException($"Usage cannot be put together by '{group}'.", nameof(group)),
    };

    private static string Time(UsageRecord record, string format) => record.StartedAt.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
