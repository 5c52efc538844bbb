using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>Keeps tenants and keys in Redis, for all nodes.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
internal sealed class RedisDirectoryStore(RedisConnection redis, RedisKeys keys) : IDirectoryStore
{
    // Keys: entries, their revisions, the last revision. Values: kind and id, the revision it is known by, body. The new revision; 0 where that is not the one that is there.
    private const string Put = """
        if tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or 0) ~= tonumber(ARGV[2]) then return 0 end
        local revision = redis.call('INCR', KEYS[3])
        redis.call('ZADD', KEYS[2], revision, ARGV[1])
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
        return revision
        """;

    // Keys: entries, their revisions. Value: the revision behind which to begin. Kind and id, revision and body, one after the other.
    private const string Read = """
        local found = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf', 'WITHSCORES')
        local flat = {}
        for i = 1, #found, 2 do
          flat[#flat + 1] = found[i]
          flat[#flat + 1] = found[i + 1]
          flat[#flat + 1] = redis.call('HGET', KEYS[1], found[i])
        end
        return flat
        """;

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public async ValueTask<long?> PutAsync(DirectoryEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var revision = (long)await redis.RunAsync(
            Put,
            [keys.Directory, keys.DirectoryRevisions, keys.DirectoryRevision],
            [$"{entry.Kind}:{entry.Id}", ResponseFields.Number(entry.Revision), entry.Body],
            cancellationToken);
        return revision == 0 ? null : revision;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DirectoryEntry>> ReadAsync(long after, CancellationToken cancellationToken)
    {
        var flat = (RedisValue[])(await redis.RunAsync(Read, [keys.Directory, keys.DirectoryRevisions], [ResponseFields.Number(after)], cancellationToken))!;
        var entries = new List<DirectoryEntry>(flat.Length / 3);
        for (var i = 0; i < flat.Length; i += 3)
        {
            var name = ((string)flat[i]!).Split(':', 2);
            entries.Add(new DirectoryEntry(name[0], name[1], (long)flat[i + 1], (byte[])flat[i + 2]!));
        }

        return entries;
    }
}
