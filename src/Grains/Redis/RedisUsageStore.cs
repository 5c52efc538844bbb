using System.Globalization;
using System.Runtime.CompilerServices;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>Records usage in Redis. Whoever asks for sums or lists reads the records of the time that is asked for, page by page.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
internal sealed class RedisUsageStore(RedisConnection redis, RedisKeys keys) : IUsageStore
{
    private const int AtOnce = 500;

    private RedisKey[] Names => [keys.UsageByTime, keys.Usage];

    /// <inheritdoc/>
    /// <remarks>In steps: what of one is recorded and was not heard of is passed over when it is told again.</remarks>
    public async ValueTask AppendAsync(IReadOnlyList<UsageRecord> records)
    {
        foreach (var some in records.Chunk(AtOnce))
        {
            await redis.RunAsync(
                UsageScripts.Append,
                [.. Names, .. some.SelectMany(record => UsageValues.Spent(keys, record))],
                [some.Length, .. some.SelectMany(UsageValues.Of)]);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<UsageSum>> SumAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var groups = new UsageGroups(query.GroupBy);
        await foreach (var record in ReadAsync(query, null, cancellationToken))
            groups.Add(record);
        return groups.Sums(query.Limit);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<UsageRecord>> ListAsync(UsageQuery query, UsageRecord? after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var found = new List<UsageRecord>();
        if (query.Limit <= 0)
            return found;
        await foreach (var record in ReadAsync(query, after, cancellationToken))
        {
            found.Add(record);
            if (found.Count == query.Limit)
                break;
        }

        return found;
    }

    /// <inheritdoc/>
    public async ValueTask<(long Tokens, decimal Cost)> SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (tokens, cost) = (0L, 0L);
        foreach (var entry in await redis.CallAsync(database => database.HashGetAllAsync(keys.Spent(scope, name)), cancellationToken))
        {
            var field = ((string)entry.Name!).Split(':');
            if (long.Parse(field[0], CultureInfo.InvariantCulture) < UsageValues.Time(since))
                continue;
            if (field[1] == "tokens")
                tokens += (long)entry.Value;
            else
                cost += (long)entry.Value;
        }

        return (tokens, UsageValues.Money(cost));
    }

    /// <summary>Deletes records of calls that began before a time, the oldest first. What was used up by the hour stays.</summary>
    /// <returns>How many; 0 where there are none any more.</returns>
    public async ValueTask<int> DeleteOldAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        (int)await redis.RunAsync(UsageScripts.Delete, Names, [UsageValues.Time(before), limit], cancellationToken);

    private async IAsyncEnumerable<UsageRecord> ReadAsync(UsageQuery query, UsageRecord? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = query.From is { } first ? UsageValues.Time(first) : 0;
        RedisValue until = query.Until is { } end ? "(" + UsageValues.Time(end).ToString(CultureInfo.InvariantCulture) : "+inf";
        var (time, id) = after is null ? (long.MinValue, "") : (UsageValues.Time(after.StartedAt), after.Id);
        from = Math.Max(from, time);
        for (var passed = 0; ;)
        {
            var flat = (RedisValue[])(await redis.RunAsync(UsageScripts.Read, Names, [from, until, passed, AtOnce], cancellationToken))!;
            for (var i = 0; i < flat.Length; i += 3)
            {
                var (at, name) = ((long)flat[i + 1], (string)flat[i]!);
                if (at < time || (at == time && string.CompareOrdinal(name, id) <= 0))
                    continue;
                (time, id) = (at, name);
                if (UsageValues.Read(flat[i + 2]) is var record && IsAsked(query, record))
                    yield return record;
            }

            if (flat.Length < 3 * AtOnce)
                yield break;

            // On from the last one's millisecond, of which there may be more; only where one fills pages are those passed over by their number.
            var last = (long)flat[^2];
            (from, passed) = last > from ? (last, 0) : (from, passed + AtOnce);
        }
    }

    private static bool IsAsked(UsageQuery query, UsageRecord record) =>
        (query.Tenant is null || query.Tenant == record.Tenant)
        && (query.KeyId is null || query.KeyId == record.KeyId)
        && (query.Model is null || query.Model == record.Model)
        && (query.Provider is null || query.Provider == record.Provider);
}
