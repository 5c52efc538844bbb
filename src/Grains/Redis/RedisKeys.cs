using System.Globalization;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>
/// The names of all keys. They have one hash tag, so that one script may change what becomes true at once: all of a cluster's state lies in one slot of a
/// Redis cluster.
/// </summary>
/// <param name="prefix">What they begin with.</param>
internal sealed class RedisKeys(string prefix)
{
    private readonly string _tag = $"{{{prefix}}}:";

    /// <summary>What every key begins with.</summary>
    public string Prefix => _tag;

    /// <summary>The ids of the responses that have not ended, by their creation.</summary>
    public RedisKey Unended => _tag + "unended";

    /// <summary>Who owns each of those.</summary>
    public RedisKey Owners => _tag + "owners";

    /// <summary>The conversations, by their last use.</summary>
    public RedisKey ConversationsByUse => _tag + "conv:used";

    /// <summary>The stored completions, by their creation.</summary>
    public RedisKey CompletionsByCreation => _tag + "chat:made";

    /// <summary>The number that the last stored completion got.</summary>
    public RedisKey CompletionNumber => _tag + "chat:number";

    /// <summary>The names of the webhook endpoints that have deliveries.</summary>
    public RedisKey Endpoints => _tag + "hook:endpoints";

    /// <summary>The secrets, by their names.</summary>
    public RedisKey Secrets => _tag + "secrets";

    /// <summary>The channel on which it is told that deliveries have entered.</summary>
    public string DeliveriesEntered => _tag + "hook:entered";

    /// <summary>The channel on which it is told how providers do.</summary>
    public string ProviderHealth => _tag + "health";

    /// <summary>The ids of the calls whose usage is recorded, by their beginning.</summary>
    public RedisKey UsageByTime => _tag + "use:began";

    /// <summary>The records of usage, by their ids.</summary>
    public RedisKey Usage => _tag + "use:records";

    /// <summary>The hours in which calls began whose usage is recorded.</summary>
    public RedisKey UsageHours => _tag + "use:hours";

    /// <summary>What the keys of hours' sums begin with.</summary>
    public string UsageSumsPrefix => _tag + "use:sums:";

    /// <summary>The tenants and keys that the admin API made, by kind and id.</summary>
    public RedisKey Directory => _tag + "dir";

    /// <summary>Kind and id of those, by the revision that made them what they are.</summary>
    public RedisKey DirectoryRevisions => _tag + "dir:revisions";

    /// <summary>The last of those revisions.</summary>
    public RedisKey DirectoryRevision => _tag + "dir:revision";

    /// <summary>A response but for its events.</summary>
    public RedisKey Response(string id) => $"{_tag}resp:{id}";

    /// <summary>A response's events: a Redis stream of pages.</summary>
    public RedisKey Events(string id) => $"{_tag}events:{id}";

    /// <summary>The id of the response that was created under an idempotency key.</summary>
    public RedisKey IdempotencyKey(string? tenant, string key) => $"{IdempotencyKeys(tenant)}{key}";

    /// <summary>What the idempotency keys of a tenant begin with.</summary>
    public string IdempotencyKeys(string? tenant) => $"{_tag}key:{Tenant(tenant)}:";

    /// <summary>Whose call makes a response under an idempotency key at this moment.</summary>
    public RedisKey CreateClaim(string? tenant, string key) => $"{_tag}claim:{Tenant(tenant)}:{key}";

    /// <summary>A conversation but for its items.</summary>
    public RedisKey Conversation(string id) => $"{_tag}conv:{id}";

    /// <summary>A conversation's items by their places: members are place and id.</summary>
    public RedisKey ConversationItems(string id) => $"{_tag}conv:{id}:items";

    /// <summary>The JSON of a conversation's items, by place and id.</summary>
    public RedisKey ConversationJson(string id) => $"{_tag}conv:{id}:json";

    /// <summary>Place and id of a conversation's items, by their ids.</summary>
    public RedisKey ConversationPlaces(string id) => $"{_tag}conv:{id}:places";

    /// <summary>What the keys begin with that tell which of a tenant's conversations holds an item.</summary>
    public string ItemsOf(string? tenant) => $"{_tag}item:{Tenant(tenant)}:";

    /// <summary>A stored completion.</summary>
    public RedisKey Completion(string? tenant, string id) => $"{_tag}chat:{Tenant(tenant)}:{id}";

    /// <summary>The ids of a tenant's stored completions, in order.</summary>
    public RedisKey Completions(string? tenant) => $"{_tag}chats:{Tenant(tenant)}";

    /// <summary>The ids of an endpoint's deliveries, by the time when they are due.</summary>
    public RedisKey Due(string endpoint) => $"{_tag}hook:due:{endpoint}";

    /// <summary>An endpoint's deliveries, by their ids.</summary>
    public RedisKey Deliveries(string endpoint) => $"{_tag}hook:sent:{endpoint}";

    /// <summary>What the calls used that began in an hour, by all that they have in common.</summary>
    /// <param name="hour">The hour, in milliseconds since 1970.</param>
    public RedisKey UsageSums(long hour) => UsageSumsPrefix + hour.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a key or a tenant used up, by the hour.</summary>
    /// <param name="scope"><c>key</c> or <c>tenant</c>.</param>
    /// <param name="name">Its id or name.</param>
    public RedisKey Spent(string scope, string name) => $"{_tag}use:spent:{scope}:{name}";

    /// <summary>Whether a process lives.</summary>
    public RedisKey Alive(string owner) => $"{_tag}alive:{owner}";

    /// <summary>A tenant as a value: none is another than one without a name.</summary>
    public static string Tenant(string? tenant) => tenant is null ? "-" : "+" + tenant;

    /// <summary>The tenant of a value.</summary>
    public static string? TenantOf(string value) => value == "-" ? null : value[1..];
}
