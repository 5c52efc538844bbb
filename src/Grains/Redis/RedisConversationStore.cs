using System.Globalization;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>Keeps conversations in Redis. They do not expire by themselves, for their last use counts: <see cref="RedisSweeper"/> deletes them.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisConversationStore(RedisConnection redis, RedisKeys keys, TimeProvider time) : IConversationStore
{
    /// <inheritdoc/>
    public async ValueTask CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken)
    {
        RedisValue[] values =
        [
            RedisKeys.Tenant(conversation.Tenant), Now, items.Count, conversation.Id, conversation.CreatedAt.UtcTicks, conversation.Metadata, .. Values(items),
        ];
        Done(await redis.RunAsync(ConversationScripts.Create, Names(conversation.Tenant, conversation.Id, items), values, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<StoredConversation?> FindAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        var fields = await redis.CallAsync(database => database.HashGetAsync(keys.Conversation(id), ["tenant", "created", "metadata"]), cancellationToken);
        return fields[0] != RedisKeys.Tenant(tenant)
            ? null
            : new StoredConversation { Id = id, Tenant = tenant, CreatedAt = RedisTimes.Of((long)fields[1]), Metadata = (byte[])fields[2]! };
    }

    /// <inheritdoc/>
    public async ValueTask<StoredConversation?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        var changed = await redis.RunAsync(
            ConversationScripts.Update, [keys.Conversation(id), keys.ConversationsByUse], [RedisKeys.Tenant(tenant), id, metadata, Now], cancellationToken);
        return (bool)changed ? await FindAsync(tenant, id, cancellationToken) : null;
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) => DeleteAsync(RedisKeys.Tenant(tenant), id, "", cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken) =>
        Done(await redis.RunAsync(
            ConversationScripts.Append, Names(tenant, id, items), [RedisKeys.Tenant(tenant), Now, items.Count, .. Values(items)], cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PositionedItem>?> ItemsAsync(
        string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken)
    {
        var edge = after is { } place ? "(" + place.ToString(CultureInfo.InvariantCulture) : descending ? "+inf" : "-inf";
        var found = await redis.RunAsync(
            ConversationScripts.Items,
            [keys.Conversation(id), keys.ConversationItems(id), keys.ConversationJson(id)],
            [RedisKeys.Tenant(tenant), edge, limit ?? -1, descending],
            cancellationToken);
        if (found.IsNull)
            return null;
        var flat = (RedisValue[])found!;
        var items = new List<PositionedItem>(flat.Length / 2);
        for (var i = 0; i < flat.Length; i += 2)
            items.Add(Item(flat[i]!, flat[i + 1]));
        return items;
    }

    /// <inheritdoc/>
    public async ValueTask<PositionedItem?> FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken)
    {
        id ??= await redis.CallAsync(database => database.StringGetAsync(keys.ItemsOf(tenant) + itemId), cancellationToken);
        if (id is null)
            return null;
        var found = await redis.RunAsync(
            ConversationScripts.FindItem,
            [keys.Conversation(id), keys.ConversationJson(id), keys.ConversationPlaces(id)],
            [RedisKeys.Tenant(tenant), itemId],
            cancellationToken);
        return found.IsNull ? null : Item((string)found[0]!, (RedisValue)found[1]);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken) =>
        (bool)await redis.RunAsync(
            ConversationScripts.DeleteItem,
            [.. Names(id), keys.ItemsOf(tenant) + itemId],
            [RedisKeys.Tenant(tenant), id, itemId, Now],
            cancellationToken);

    /// <summary>Deletes conversations that were last used before a time, the oldest first.</summary>
    /// <returns>How many; 0 where there are none any more.</returns>
    public async ValueTask<int> DeleteUnusedAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var score = RedisTimes.Score(before);
        var ids = await redis.CallAsync(
            database => database.SortedSetRangeByScoreAsync(keys.ConversationsByUse, double.NegativeInfinity, score, Exclude.Stop, take: limit), cancellationToken);
        foreach (var id in ids)
            await DeleteAsync("", id!, ResponseFields.Number(score), cancellationToken);
        return ids.Length;
    }

    private RedisValue Now => RedisTimes.Score(time.GetUtcNow());

    private async ValueTask<bool> DeleteAsync(string tenant, string id, RedisValue unlessSince, CancellationToken cancellationToken) =>
        (bool)await redis.RunAsync(ConversationScripts.Delete, Names(id), [tenant, id, keys.Prefix + "item:", unlessSince], cancellationToken);

    private RedisKey[] Names(string id) =>
        [keys.Conversation(id), keys.ConversationItems(id), keys.ConversationJson(id), keys.ConversationPlaces(id), keys.ConversationsByUse];

    private RedisKey[] Names(string? tenant, string id, IReadOnlyList<StoredItem> items) =>
        [.. Names(id), .. items.Select(item => (RedisKey)(keys.ItemsOf(tenant) + item.Id))];

    // A script names the id that is taken.
    private static bool Done(RedisResult result) =>
        result.Resp2Type == ResultType.BulkString ? throw new DuplicateItemException((string)result!) : (bool)result;

    private static IEnumerable<RedisValue> Values(IReadOnlyList<StoredItem> items) => items.SelectMany(item => new RedisValue[] { item.Id, item.Json });

    private static PositionedItem Item(string member, RedisValue json)
    {
        var colon = member.IndexOf(':', StringComparison.Ordinal);
        return new PositionedItem(long.Parse(member.AsSpan(0, colon), CultureInfo.InvariantCulture), new StoredItem(member[(colon + 1)..], (byte[])json!));
    }
}
