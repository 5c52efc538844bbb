using System.Text.Json;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>Keeps chat completions in Redis. A tenant's list would not notice if they expired: <see cref="RedisSweeper"/> deletes them.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
internal sealed class RedisCompletionStore(RedisConnection redis, RedisKeys keys) : ICompletionStore
{
    private const int AtOnce = 100;

    // An id comes twice only where a hook gives it: the last one holds then, in the last place.
    private const string SaveScript = """
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], 'created', ARGV[2], 'model', ARGV[3], 'metadata', ARGV[4], 'body', ARGV[5], 'messages', ARGV[6])
        redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), ARGV[1])
        redis.call('ZADD', KEYS[4], ARGV[7], ARGV[8])
        return 1
        """;

    private const string UpdateScript = """
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        redis.call('HSET', KEYS[1], 'metadata', ARGV[1])
        return 1
        """;

    private const string DeleteScript = """
        redis.call('ZREM', KEYS[2], ARGV[1])
        redis.call('ZREM', KEYS[3], ARGV[2])
        return redis.call('DEL', KEYS[1])
        """;

    /// <inheritdoc/>
    public async ValueTask SaveAsync(StoredCompletion completion) => await redis.RunAsync(
        SaveScript,
        [keys.Completion(completion.Tenant, completion.Id), keys.Completions(completion.Tenant), keys.CompletionNumber, keys.CompletionsByCreation],
        [
            completion.Id, completion.CreatedAt.UtcTicks, completion.Model, completion.Metadata, completion.Body, completion.Messages,
            RedisTimes.Score(completion.CreatedAt), Member(completion.Tenant, completion.Id),
        ]);

    /// <inheritdoc/>
    public async ValueTask<StoredCompletion?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        Read(tenant, id, await redis.CallAsync(database => database.HashGetAllAsync(keys.Completion(tenant, id)), cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredCompletion>> ListAsync(CompletionQuery query, CancellationToken cancellationToken)
    {
        var index = keys.Completions(query.Tenant);
        var from = query.Descending ? double.PositiveInfinity : double.NegativeInfinity;
        if (query.After is { } after)
        {
            if (await redis.CallAsync(database => database.SortedSetScoreAsync(index, after), cancellationToken) is not { } number)
                return [];
            from = number;
        }

        var found = new List<StoredCompletion>();
        while (found.Count < query.Limit)
        {
            var next = await redis.CallAsync(database => NextAsync(database, index, from, query.Descending), cancellationToken);
            var completions = await Task.WhenAll(next.Select(entry => FindAsync(query.Tenant, entry.Element!, cancellationToken).AsTask()));
            found.AddRange(completions.Where(completion => completion is not null && Matches(completion, query)).Take(query.Limit - found.Count)!);
            if (next.Length < AtOnce)
                break;
            from = next[^1].Score;
        }

        return found;
    }

    /// <inheritdoc/>
    public async ValueTask<StoredCompletion?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken) =>
        (bool)await redis.RunAsync(UpdateScript, [keys.Completion(tenant, id)], [metadata], cancellationToken) ? await FindAsync(tenant, id, cancellationToken) : null;

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        (bool)await redis.RunAsync(
            DeleteScript, [keys.Completion(tenant, id), keys.Completions(tenant), keys.CompletionsByCreation], [id, Member(tenant, id)], cancellationToken);

    /// <summary>Deletes completions that were made before a time, the oldest first.</summary>
    /// <returns>How many; 0 where there are none any more.</returns>
    public async ValueTask<int> DeleteOldAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var members = await redis.CallAsync(
            database => database.SortedSetRangeByScoreAsync(
                keys.CompletionsByCreation, double.NegativeInfinity, RedisTimes.Score(before), Exclude.Stop, take: limit),
            cancellationToken);
        foreach (var member in members)
        {
            var parts = JsonSerializer.Deserialize((byte[])member!, MemberJson.Default.StringArray)!;
            await DeleteAsync(RedisKeys.TenantOf(parts[0]), parts[1], cancellationToken);
        }

        return members.Length;
    }

    private static Task<SortedSetEntry[]> NextAsync(IDatabase database, RedisKey index, double from, bool descending) => descending
        ? database.SortedSetRangeByScoreWithScoresAsync(index, double.NegativeInfinity, from, Exclude.Stop, Order.Descending, take: AtOnce)
        : database.SortedSetRangeByScoreWithScoresAsync(index, from, double.PositiveInfinity, Exclude.Start, Order.Ascending, take: AtOnce);

    private static bool Matches(StoredCompletion completion, CompletionQuery query)
    {
        if (query.Model is not null && !string.Equals(query.Model, completion.Model, StringComparison.Ordinal))
            return false;
        if (query.Metadata.Count == 0)
            return true;
        using var metadata = JsonDocument.Parse(completion.Metadata);
        return query.Metadata.All(pair =>
            metadata.RootElement.TryGetProperty(pair.Key, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(pair.Value));
    }

    // Tenants may have any letter in them.
    private static RedisValue Member(string? tenant, string id) => JsonSerializer.SerializeToUtf8Bytes([RedisKeys.Tenant(tenant), id], MemberJson.Default.StringArray);

    private static StoredCompletion? Read(string? tenant, string id, HashEntry[] fields)
    {
        if (fields.Length == 0)
            return null;
        var values = fields.ToDictionary(f => (string)f.Name!, f => f.Value, StringComparer.Ordinal);
        return new StoredCompletion
        {
            Id = id,
            Tenant = tenant,
            CreatedAt = RedisTimes.Of((long)values["created"]),
            Model = values["model"]!,
            Metadata = (byte[])values["metadata"]!,
            Body = (byte[])values["body"]!,
            Messages = (byte[])values["messages"]!,
        };
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class MemberJson : System.Text.Json.Serialization.JsonSerializerContext;
