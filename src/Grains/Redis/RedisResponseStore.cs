using AiGateway.Engine;
using AiGateway.Grains.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>Keeps responses in Redis: a small hash and a stream of event pages each, which expire when they have been kept long enough.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
/// <param name="webhooks">Is told of deliveries that entered.</param>
/// <param name="retention">How long a response is kept from its end; zero for ever. Asked anew each time.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisResponseStore(
    RedisConnection redis, RedisKeys keys, RedisWebhookQueue webhooks, Func<TimeSpan> retention, TimeProvider time) : IResponseStore, IRunRegistry
{
    // Longer chains than any model can read; against one that would lead back into itself.
    private const int LongestChain = 10_000;
    private const int AtOnce = 256;

    /// <inheritdoc/>
    public async ValueTask<bool> CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken)
    {
        var values = new List<RedisValue>
        {
            response.IdempotencyKey is not null, response.Id, RedisTimes.Score(response.CreatedAt), response.Owner ?? "", events.First, events.Count, events.Frames,
        };
        values.AddRange(ResponseFields.Write(response));
        var result = await redis.RunAsync(
            ResponseScripts.Create,
            [keys.Response(response.Id), keys.Events(response.Id), keys.Unended, keys.Owners, IdempotencyKey(response)],
            [.. values],
            cancellationToken);
        return (bool)result;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> BeginAsync(string id, long epoch, ReadOnlyMemory<byte> body) =>
        (bool)await redis.RunAsync(ResponseScripts.Begin, [keys.Response(id)], [ResponseFields.Number(epoch), body]);

    /// <inheritdoc/>
    public async ValueTask<bool> AppendAsync(string id, long epoch, EventPage events) => Kept(
        id,
        events,
        await redis.RunAsync(
            ResponseScripts.Append, [keys.Response(id), keys.Events(id)], [ResponseFields.Number(epoch), events.First, events.Count, events.Frames]));

    /// <inheritdoc/>
    public async ValueTask<bool> EndAsync(StoredResponse response, ResponseEnd end)
    {
        var conversation = response.Conversation;
        var items = conversation is null ? [] : end.ConversationItems;
        var fields = ResponseFields.Write(response);
        var now = RedisTimes.Score(time.GetUtcNow());
        var names = new List<RedisKey>
        {
            keys.Response(response.Id), keys.Events(response.Id), keys.Unended, keys.Owners, IdempotencyKey(response),
            keys.Conversation(conversation ?? ""), keys.ConversationItems(conversation ?? ""), keys.ConversationJson(conversation ?? ""),
            keys.ConversationPlaces(conversation ?? ""), keys.ConversationsByUse, keys.Endpoints,
        };
        var values = new List<RedisValue>
        {
            response.Background, ResponseFields.Number(response.Epoch), response.IdempotencyKey is not null, response.Id, RedisTimes.Milliseconds(retention()),
            end.Events.First, end.Events.Count, end.Events.Frames, end.Status, end.Body, now, RedisKeys.Tenant(response.Tenant),
            items.Count, end.Deliveries.Count, fields.Count, end.Usage is not null,
        };
        values.AddRange(fields);
        foreach (var item in items)
        {
            var own = keys.ItemsOf(response.Tenant);
            names.AddRange([own + item.Id, own + (item.Spare ?? item).Id]);
            values.AddRange([item.Id, item.Json, item.Spare?.Id ?? "", item.Spare?.Json ?? default]);
        }

        foreach (var delivery in end.Deliveries)
        {
            names.AddRange([keys.Due(delivery.Endpoint), keys.Deliveries(delivery.Endpoint)]);
            values.AddRange([delivery.Endpoint, delivery.Id, RedisTimes.Score(delivery.DueAt), DeliveryValue.Write(delivery)]);
        }

        if (end.Usage is { } usage)
        {
            names.AddRange(UsageValues.Names(keys, usage));
            values.AddRange(UsageValues.Of(usage));
        }

        var kept = Kept(response.Id, end.Events, await redis.RunAsync(ResponseScripts.End, [.. names], [.. values]));
        if (kept && end.Deliveries.Count > 0)
            webhooks.Signal();
        return kept;
    }

    /// <inheritdoc/>
    public async ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } found && found.Tenant == tenant ? found : null;

    /// <inheritdoc/>
    public ValueTask<StoredResponse?> FindAsync(string id) => FindAsync(id, CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        var ids = (string[])(await redis.RunAsync(
            ResponseScripts.Chain,
            [keys.Response(id)],
            [RedisKeys.Tenant(tenant), id, (string)keys.Response("")!, LongestChain],
            cancellationToken))!;
        Array.Reverse(ids);
        var links = (await FindAllAsync(ids, cancellationToken)).ToList();

        // One that was deleted since is where the chain begins.
        var gone = links.FindLastIndex(link => link is null);
        var whole = links.Skip(gone + 1).Select(link => link!).ToList();
        return new ResponseChain(whole, whole.Count == 0 ? id : whole[0].PreviousResponseId);
    }

    /// <inheritdoc/>
    public ValueTask<EventPage> ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken) =>
        redis.CallAsync(database => RedisEvents.ReadAsync(database, keys.Events(id), after, maxBytes), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken)
    {
        var id = await redis.CallAsync(database => database.StringGetAsync(keys.IdempotencyKey(tenant, key)), cancellationToken);
        return id.IsNull ? null : await FindAsync(tenant, id!, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        (bool)await redis.RunAsync(
            ResponseScripts.Delete,
            [keys.Response(id), keys.Events(id), keys.Unended, keys.Owners],
            [RedisKeys.Tenant(tenant), id, keys.IdempotencyKeys(tenant)],
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredResponse>> TakeOverAsync(CancellationToken cancellationToken)
    {
        var taken = new List<StoredResponse>();
        foreach (var run in await ListAsync(cancellationToken))
        {
            if (await TakeOverAsync(run.Id, run.Owner) is { } response)
                taken.Add(response);
        }

        return taken;
    }

    /// <inheritdoc/>
    public async ValueTask<StoredResponse?> TakeOverAsync(string id, string owner) =>
        ResponseFields.Read(id, await redis.RunAsync(ResponseScripts.TakeOver, [keys.Response(id), keys.Owners], [id, owner]));

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(string id, string owner) =>
        await redis.RunAsync(ResponseScripts.Release, [keys.Response(id), keys.Owners], [id, owner]);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<UnendedRun>> ListAsync(CancellationToken cancellationToken)
    {
        var ids = await redis.CallAsync(database => database.SortedSetRangeByRankAsync(keys.Unended), cancellationToken);
        if (ids.Length == 0)
            return [];
        var owners = await redis.CallAsync(database => database.HashGetAsync(keys.Owners, ids), cancellationToken);
        return [.. ids.Zip(owners, (id, owner) => new UnendedRun(id!, (string?)owner ?? ""))];
    }

    /// <inheritdoc/>
    public async ValueTask RenewAsync(string owner, TimeSpan lease) => await redis.CallAsync(
        database => lease > TimeSpan.Zero ? database.StringSetAsync(keys.Alive(owner), 1, lease) : database.KeyDeleteAsync(keys.Alive(owner)));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlySet<string>> AliveAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken)
    {
        if (owners.Count == 0)
            return new HashSet<string>(StringComparer.Ordinal);
        var found = await redis.CallAsync(database => database.StringGetAsync([.. owners.Select(keys.Alive)]), cancellationToken);
        return owners.Where((_, i) => !found[i].IsNull).ToHashSet(StringComparer.Ordinal);
    }

    private async ValueTask<StoredResponse?> FindAsync(string id, CancellationToken cancellationToken) =>
        ResponseFields.Read(id, await redis.CallAsync(database => database.HashGetAllAsync(keys.Response(id)), cancellationToken));

    private async Task<IReadOnlyList<StoredResponse?>> FindAllAsync(string[] ids, CancellationToken cancellationToken)
    {
        var found = new List<StoredResponse?>(ids.Length);
        foreach (var some in ids.Chunk(AtOnce))
            found.AddRange(await Task.WhenAll(some.Select(id => FindAsync(id, cancellationToken).AsTask())));
        return found;
    }

    private RedisKey IdempotencyKey(StoredResponse response) => keys.IdempotencyKey(response.Tenant, response.IdempotencyKey?.Key ?? "");

    private static bool Kept(string id, EventPage events, RedisResult result) => (int)result switch
    {
        1 => true,
        0 => false,
        _ => throw new InvalidOperationException($"Event {events.First} of {id} does not follow on those kept."),
    };
}
