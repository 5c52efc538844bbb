using System.Globalization;
using System.Runtime.CompilerServices;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>
/// Records usage in Redis, each record by itself and in the sums of its hour. Sums are put together of those, and, where the time that is asked for begins or
/// ends within an hour, of that hour's records; lists of the records of their time, page by page.
/// </summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
internal sealed class RedisUsageStore(RedisConnection redis, RedisKeys keys) : IUsageStore
{
    private const int AtOnce = 500;

    private const int HoursAtOnce = 48;

    private RedisKey[] Names => [keys.UsageByTime, keys.Usage];

    /// <inheritdoc/>
    /// <remarks>In steps: what of one is recorded and was not heard of is passed over when it is told again.</remarks>
    public async ValueTask AppendAsync(IReadOnlyList<UsageRecord> records)
    {
        foreach (var some in records.Chunk(AtOnce))
        {
            await redis.RunAsync(
                UsageScripts.Append,
                [.. some.SelectMany(record => UsageValues.Names(keys, record))],
                [some.Length, .. some.SelectMany(UsageValues.Of)]);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<UsageSum>> SumAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var groups = new UsageGroups(query.GroupBy);

        // The whole hours between, and what lies before and behind them.
        var (first, end) = (query.From is { } from ? Math.Max(0, UsageValues.Time(from)) : 0, query.Until is { } until ? UsageValues.Time(until) : long.MaxValue);
        var (firstWhole, endWhole) = (UsageValues.HourOf(first + UsageValues.Hour - 1), UsageValues.HourOf(end));
        if (firstWhole >= endWhole)
        {
            await AddRecordsAsync(first, end);
            return groups.Sums(query.Limit);
        }

        await AddRecordsAsync(first, firstWhole);
        await AddHoursAsync(groups, query, firstWhole, endWhole, cancellationToken);
        await AddRecordsAsync(endWhole, end);
        return groups.Sums(query.Limit);

        async ValueTask AddRecordsAsync(long from, long until)
        {
            if (from >= until || until == long.MaxValue)
                return;
            var part = query with { From = DateTimeOffset.FromUnixTimeMilliseconds(from), Until = DateTimeOffset.FromUnixTimeMilliseconds(until) };
            await foreach (var record in ReadAsync(part, null, cancellationToken))
                groups.Add(record);
        }
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

    /// <summary>
    /// Deletes records of calls that began before a time, the oldest first, and with the last of an hour its sums: only whole hours, so that both say the same.
    /// What keys and tenants used up by the hour stays.
    /// </summary>
    /// <returns>How many; fewer than the limit where there are none any more.</returns>
    public async ValueTask<int> DeleteOldAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        (int)await redis.RunAsync(UsageScripts.Delete, [.. Names, keys.UsageHours], [UsageValues.HourOf(UsageValues.Time(before)), limit, keys.UsageSumsPrefix], cancellationToken);

    private async Task AddHoursAsync(UsageGroups groups, UsageQuery query, long from, long until, CancellationToken cancellationToken)
    {
        // Those that are there: most of a long time may be empty.
        var hours = await redis.CallAsync(database => database.SortedSetRangeByScoreAsync(keys.UsageHours, from, until, Exclude.Stop), cancellationToken);
        foreach (var some in hours.Chunk(HoursAtOnce))
        {
            var read = await redis.CallAsync(database => Task.WhenAll(some.Select(hour => database.HashGetAllAsync(keys.UsageSums((long)hour)))), cancellationToken);
            foreach (var (hour, sums) in some.Zip(read))
            {
                foreach (var sum in sums)
                {
                    if (UsageValues.ReadGroup((long)hour, sum.Name) is var like && query.Asks(like))
                        groups.Add(like, UsageValues.ReadSum(sum.Value));
                }
            }
        }
    }

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
                if (UsageValues.Read(flat[i + 2]) is var record && query.Asks(record))
                    yield return record;
            }

            if (flat.Length < 3 * AtOnce)
                yield break;

            // On from the last one's millisecond, of which there may be more; only where one fills pages are those passed over by their number.
            var last = (long)flat[^2];
            (from, passed) = last > from ? (last, 0) : (from, passed + AtOnce);
        }
    }
}
