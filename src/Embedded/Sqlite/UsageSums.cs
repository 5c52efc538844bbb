using System.Globalization;
using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Sums usage up by what calls have in common.</summary>
/// <param name="query">Which calls, and by what.</param>
internal sealed class UsageSums(UsageQuery query)
{
    private const long Hour = 60 * 60 * 1000;

    private readonly SortedDictionary<string?[], Sum> _sums = new(Comparer<string?[]>.Create(Compare));
    private readonly bool _byTime = query.GroupBy.Any(group => group is "hour" or "day" or "month");

    /// <summary>Adds a sum.</summary>
    public void Add(UsageSum sum)
    {
        var to = Of([.. sum.Keys]);
        to.Requests += sum.Requests;
        to.Errors += sum.Errors;
        to.Input += sum.InputTokens;
        to.Cached += sum.CachedTokens;
        to.Output += sum.OutputTokens;
        to.Reasoning += sum.ReasoningTokens;
        to.Estimated += sum.EstimatedTokens;
        to.Cost += sum.Cost;
    }

    /// <summary>Adds what a segment has of the calls that are asked for.</summary>
    public void Add(ReadOnlySpan<byte> body)
    {
        var segment = new UsageSegment(body);
        var isAsked = Array.ConvertAll(segment.Shapes, shape => shape.IsAsked(query));
        if (!isAsked.AsSpan().Contains(true))
            return;
        var from = query.From is { } first ? SqliteValues.Time(first) : long.MinValue;
        var until = query.Until is { } end ? SqliteValues.Time(end) : long.MaxValue;

        // Found once for each shape, and, where time counts, each hour.
        var sums = new Sum?[isAsked.Length];
        var hour = long.MinValue;
        while (segment.Read())
        {
            var i = segment.Shape;
            if (!isAsked[i] || segment.StartedAt < from || segment.StartedAt >= until)
                continue;
            if (_byTime && segment.StartedAt / Hour != hour)
            {
                hour = segment.StartedAt / Hour;
                Array.Clear(sums);
            }

            var sum = sums[i] ??= Of(Keys(segment.Shapes[i], segment.StartedAt));
            sum.Requests++;
            sum.Errors += segment.Shapes[i].Outcome == "failed" ? 1 : 0;
            sum.Input += segment.InputTokens;
            sum.Cached += segment.CachedTokens;
            sum.Output += segment.OutputTokens;
            sum.Reasoning += segment.ReasoningTokens;
            sum.Estimated += segment.IsEstimated ? segment.InputTokens + segment.OutputTokens : 0;
            sum.SmallCost += segment.Cost;
        }
    }

    /// <summary>The sums, in the order of what their calls have in common: at most as many as are asked for.</summary>
    public IReadOnlyList<UsageSum> All()
    {
        if (query.GroupBy.Count == 0)
            _ = Of([]);
        return
        [
            .. _sums.Take(query.Limit).Select(sum => new UsageSum(
                sum.Key,
                sum.Value.Requests,
                sum.Value.Errors,
                sum.Value.Input,
                sum.Value.Cached,
                sum.Value.Output,
                sum.Value.Reasoning,
                sum.Value.Estimated,
                sum.Value.Cost + UsageRows.Money(sum.Value.SmallCost))),
        ];
    }

    private Sum Of(string?[] keys)
    {
        if (!_sums.TryGetValue(keys, out var sum))
            _sums.Add(keys, sum = new Sum());
        return sum;
    }

    private string?[] Keys(UsageShape shape, long startedAt)
    {
        var keys = new string?[query.GroupBy.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = query.GroupBy[i] switch
            {
                "tenant" => shape.Tenant,
                "key" => shape.KeyId,
                "model" => shape.Model,
                "provider" => shape.Provider,
                "provider_model" => shape.ProviderModel,
                "api" => shape.Api,
                "outcome" => shape.Outcome,
                "hour" => Time("yyyy-MM-dd'T'HH':00:00Z'"),
                "day" => Time("yyyy-MM-dd'T00:00:00Z'"),
                "month" => Time("yyyy-MM-'01T00:00:00Z'"),
                var group => throw new ArgumentException($"Usage cannot be put together by '{group}'.", nameof(shape)),
            };
        }

        return keys;

        string Time(string format) => SqliteValues.Time(startedAt).UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    private static int Compare(string?[] one, string?[] other)
    {
        for (var i = 0; i < one.Length; i++)
        {
            if (string.CompareOrdinal(one[i], other[i]) is var order and not 0)
                return order;
        }

        return 0;
    }

    private sealed class Sum
    {
        public long Requests { get; set; }

        public long Errors { get; set; }

        public long Input { get; set; }

        public long Cached { get; set; }

        public long Output { get; set; }

        public long Reasoning { get; set; }

        public long Estimated { get; set; }

        public decimal Cost { get; set; }

        /// <summary>What segments add to it, in billionths.</summary>
        public long SmallCost { get; set; }
    }
}
