namespace AiGateway.Grains.Redis;

/// <summary>What changes or reads a conversation, each at once or not at all.</summary>
internal static class ConversationScripts
{
    /// <summary>
    /// Adds an item. Keys from a place on: conversation, items, JSON, places, conversations by use; and the item's own.
    /// </summary>
    public const string AddItems = """
        local function additem(keys, at, id, place, item, json, own)
          local member = place .. ':' .. item
          redis.call('ZADD', keys[at + 1], place, member)
          redis.call('HSET', keys[at + 2], member, json)
          redis.call('HSET', keys[at + 3], item, member)
          redis.call('SET', own, id)
        end

        """;

    // The first id that two items have, or that is taken; nothing is written before.
    private const string AppendItems = AddItems + """
        local function taken(base, count)
          local seen = {}
          for i = 0, count - 1 do
            local item = ARGV[base + 2 * i]
            if seen[item] or redis.call('HEXISTS', KEYS[4], item) == 1 then return item end
            seen[item] = true
          end
          return false
        end
        local function append(id, base, count, now)
          local place = redis.call('HINCRBY', KEYS[1], 'places', count) - count
          for i = 0, count - 1 do
            additem(KEYS, 1, id, place + 1 + i, ARGV[base + 2 * i], ARGV[base + 2 * i + 1], KEYS[6 + i])
          end
          redis.call('ZADD', KEYS[5], now, id)
          return 1
        end

        """;

    /// <summary>
    /// Creates. Keys: conversation, items, JSON, places, conversations by use, then each item's own. Values: tenant, time now, number of items, id, created,
    /// metadata, then id and JSON of each item. 1; the id that two of them have.
    /// </summary>
    public const string Create = AppendItems + """
        local count = tonumber(ARGV[3])
        local twice = taken(7, count)
        if twice then return twice end
        redis.call('HSET', KEYS[1], 'tenant', ARGV[1], 'id', ARGV[4], 'created', ARGV[5], 'metadata', ARGV[6], 'places', 0)
        return append(ARGV[4], 7, count, ARGV[2])
        """;

    /// <summary>
    /// Appends. Keys: as for a creation. Values: tenant, time now, number of items, then id and JSON of each. 1; 0 where there is no such conversation; the id that is
    /// taken.
    /// </summary>
    public const string Append = AppendItems + """
        if redis.call('HGET', KEYS[1], 'tenant') ~= ARGV[1] then return 0 end
        local count = tonumber(ARGV[3])
        local taken = taken(4, count)
        if taken then return taken end
        return append(redis.call('HGET', KEYS[1], 'id'), 4, count, ARGV[2])
        """;

    /// <summary>Changes metadata. Keys: conversation, conversations by use. Values: tenant, id, metadata, time now.</summary>
    public const string Update = """
        if redis.call('HGET', KEYS[1], 'tenant') ~= ARGV[1] then return 0 end
        redis.call('HSET', KEYS[1], 'metadata', ARGV[3])
        redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
        return 1
        """;

    /// <summary>
    /// Reads items. Keys: conversation, items, JSON. Values: tenant, after, limit, whether the last comes first. Place-and-id and JSON, one after the other;
    /// nothing where there is no such conversation.
    /// </summary>
    public const string Items = """
        if redis.call('HGET', KEYS[1], 'tenant') ~= ARGV[1] then return false end
        local members
        if ARGV[4] == '1' then
          members = redis.call('ZREVRANGEBYSCORE', KEYS[2], ARGV[2], '-inf', 'LIMIT', 0, ARGV[3])
        else
          members = redis.call('ZRANGEBYSCORE', KEYS[2], ARGV[2], '+inf', 'LIMIT', 0, ARGV[3])
        end
        local found = {}
        for i, member in ipairs(members) do
          found[2 * i - 1] = member
          found[2 * i] = redis.call('HGET', KEYS[3], member)
        end
        return found
        """;

    /// <summary>Finds an item. Keys: conversation, JSON, places. Values: tenant, item. Place-and-id and JSON; nothing where there is none.</summary>
    public const string FindItem = """
        if redis.call('HGET', KEYS[1], 'tenant') ~= ARGV[1] then return false end
        local member = redis.call('HGET', KEYS[3], ARGV[2])
        if not member then return false end
        return { member, redis.call('HGET', KEYS[2], member) }
        """;

    /// <summary>Takes an item out. Keys: conversation, items, JSON, places, conversations by use, the item's own. Values: tenant, conversation, item, time now.</summary>
    public const string DeleteItem = """
        if redis.call('HGET', KEYS[1], 'tenant') ~= ARGV[1] then return 0 end
        local member = redis.call('HGET', KEYS[4], ARGV[3])
        if not member then return 0 end
        redis.call('ZREM', KEYS[2], member)
        redis.call('HDEL', KEYS[3], member)
        redis.call('HDEL', KEYS[4], ARGV[3])
        if redis.call('GET', KEYS[6]) == ARGV[2] then redis.call('DEL', KEYS[6]) end
        redis.call('ZADD', KEYS[5], ARGV[4], ARGV[2])
        return 1
        """;

    /// <summary>
    /// Deletes. Keys: conversation, items, JSON, places, conversations by use. Values: tenant, or nothing for whosever it is; id; what items' own keys begin with,
    /// before the tenant; unless it was used since this score.
    /// </summary>
    public const string Delete = """
        local tenant = redis.call('HGET', KEYS[1], 'tenant')
        if ARGV[4] ~= '' then
          local used = redis.call('ZSCORE', KEYS[5], ARGV[2])
          if used and tonumber(used) >= tonumber(ARGV[4]) then return 0 end
        elseif tenant ~= ARGV[1] then
          return 0
        end
        redis.call('ZREM', KEYS[5], ARGV[2])
        if not tenant then return 0 end
        for _, item in ipairs(redis.call('HKEYS', KEYS[4])) do
          local key = ARGV[3] .. tenant .. ':' .. item
          if redis.call('GET', key) == ARGV[2] then redis.call('DEL', key) end
        end
        redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
        return 1
        """;
}
