namespace AiGateway.Grains.Redis;

/// <summary>What changes a response, each at once or not at all. A writer that is not the owner any more, told by its epoch, is refused.</summary>
internal static class ResponseScripts
{
    // Events go to the stream under the id "first + 1"-"count": a stream's ids begin behind 0-0.
    private const string Events = """
        local function unkept(first, count, frames, last)
          local at = 1
          while count > 0 and first <= last do
            at = string.find(frames, '\n\n', at, true) + 2
            first, count = first + 1, count - 1
          end
          return first, count, at > 1 and string.sub(frames, at) or frames
        end
        local function add(events, first, count, frames)
          redis.call('XADD', events, (first + 1) .. '-' .. count, 'f', frames)
        end

        """;

    /// <summary>
    /// Creates. Keys: response, events, unended, owners, idempotency key. Values: whether there is a key, id, score, owner, first, count, frames, then the fields.
    /// 1; 0 where the id or the key is taken.
    /// </summary>
    public const string Create = Events + """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        if ARGV[1] == '1' and redis.call('EXISTS', KEYS[5]) == 1 then return 0 end
        redis.call('HSET', KEYS[1], unpack(ARGV, 8))
        local first, count = tonumber(ARGV[5]), tonumber(ARGV[6])
        if count > 0 then
          add(KEYS[2], first, count, ARGV[7])
          redis.call('HSET', KEYS[1], 'last', first + count - 1)
        end
        redis.call('ZADD', KEYS[3], ARGV[3], ARGV[2])
        redis.call('HSET', KEYS[4], ARGV[2], ARGV[4])
        if ARGV[1] == '1' then redis.call('SET', KEYS[5], ARGV[2]) end
        return 1
        """;

    /// <summary>Notes that it runs. Key: response. Values: epoch, body. 1; 0 where it is not the caller's.</summary>
    public const string Begin = """
        local now = redis.call('HMGET', KEYS[1], 'epoch', 'ended')
        if now[1] ~= ARGV[1] or now[2] then return 0 end
        redis.call('HSET', KEYS[1], 'status', 'in_progress', 'body', ARGV[2])
        redis.call('HDEL', KEYS[1], 'run')
        return 1
        """;

    /// <summary>Appends events. Keys: response, events. Values: epoch, first, count, frames. 1; 0 where it is not the caller's; -1 where there is a gap.</summary>
    public const string Append = Events + """
        local now = redis.call('HMGET', KEYS[1], 'epoch', 'ended', 'last')
        if now[1] ~= ARGV[1] or now[2] then return 0 end
        local last = tonumber(now[3])
        local first, count, frames = unkept(tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], last)
        if count == 0 then return 1 end
        if first ~= last + 1 then return -1 end
        add(KEYS[2], first, count, frames)
        redis.call('HSET', KEYS[1], 'last', first + count - 1)
        return 1
        """;

    /// <summary>
    /// Ends. Keys: response, events, unended, owners, idempotency key, conversation, its items, their JSON, their places, conversations by use, endpoints; then
    /// two for each item, of its id and of its spare's; then due and deliveries for each delivery; then those of usage. Values: see <see cref="RedisResponseStore"/>. 1; 0 where it is not the caller's; -1 where
    /// there is a gap. An end that is there already, word for word, is the caller's own that it heard nothing of.
    /// </summary>
    public const string End = Events + ConversationScripts.AddItems + UsageScripts.AddRecord + """
        local background, epoch, hasKey, id, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
        local first, count, frames = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
        local items, deliveries, fields = tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15])
        local base = 17
        local now = redis.call('HMGET', KEYS[1], 'epoch', 'ended', 'last', 'status', 'body')
        local last = -1
        if now[1] then
          if now[1] ~= epoch then return 0 end
          if now[2] then return (now[4] == ARGV[9] and now[5] == ARGV[10]) and 1 or 0 end
          last = tonumber(now[3])
        elseif background == '1' then
          return 0
        end
        first, count, frames = unkept(first, count, frames, last)
        if count > 0 and first ~= last + 1 then return -1 end
        if not now[1] then
          redis.call('HSET', KEYS[1], unpack(ARGV, base, base + fields - 1))
          if hasKey == '1' then
            if redis.call('EXISTS', KEYS[5]) == 1 then redis.call('HDEL', KEYS[1], 'key', 'hash') else redis.call('SET', KEYS[5], id) end
          end
        end
        if count > 0 then
          add(KEYS[2], first, count, frames)
          last = first + count - 1
        end
        redis.call('HSET', KEYS[1], 'status', ARGV[9], 'body', ARGV[10], 'ended', ARGV[11], 'last', last)
        redis.call('HDEL', KEYS[1], 'run', 'owner')
        redis.call('ZREM', KEYS[3], id)
        redis.call('HDEL', KEYS[4], id)
        if ttl > 0 then
          redis.call('PEXPIRE', KEYS[1], ttl)
          redis.call('PEXPIRE', KEYS[2], ttl)
          if hasKey == '1' and redis.call('GET', KEYS[5]) == id then redis.call('PEXPIRE', KEYS[5], ttl) end
        end
        base = base + fields
        if items > 0 and redis.call('HGET', KEYS[6], 'tenant') == ARGV[12] then
          local conversation = redis.call('HGET', KEYS[6], 'id')
          local place = redis.call('HINCRBY', KEYS[6], 'places', items) - items
          for i = 0, items - 1 do
            local value, own = base + 4 * i, 12 + 2 * i
            if redis.call('HEXISTS', KEYS[9], ARGV[value]) == 1 then value, own = value + 2, own + 1 end
            if ARGV[value] ~= '' then additem(KEYS, 6, conversation, place + 1 + i, ARGV[value], ARGV[value + 1], KEYS[own]) end
          end
          redis.call('ZADD', KEYS[10], ARGV[11], conversation)
        end
        base = base + 4 * items
        local names = 12 + 2 * items
        for i = 0, deliveries - 1 do
          local due, sent = KEYS[names + 2 * i], KEYS[names + 1 + 2 * i]
          local endpoint, delivery = ARGV[base + 4 * i], ARGV[base + 4 * i + 1]
          if redis.call('HSETNX', sent, delivery, ARGV[base + 4 * i + 3]) == 1 then
            redis.call('ZADD', due, ARGV[base + 4 * i + 2], delivery)
            redis.call('SADD', KEYS[11], endpoint)
          end
        end
        if ARGV[16] == '1' then
          names = names + 2 * deliveries
          addrecord(KEYS[names], KEYS[names + 1], KEYS[names + 2], KEYS[names + 3], KEYS[names + 4], KEYS[names + 5], base + 4 * deliveries)
        end
        return 1
        """;

    /// <summary>Takes over. Keys: response, owners. Values: id, owner. The fields; nothing where it has ended or is gone.</summary>
    public const string TakeOver = """
        local now = redis.call('HMGET', KEYS[1], 'epoch', 'ended')
        if not now[1] or now[2] then return false end
        redis.call('HINCRBY', KEYS[1], 'epoch', 1)
        redis.call('HSET', KEYS[1], 'owner', ARGV[2])
        redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
        return redis.call('HGETALL', KEYS[1])
        """;

    /// <summary>Lets go. Keys: response, owners. Values: id, owner.</summary>
    public const string Release = """
        if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
        redis.call('HSET', KEYS[2], ARGV[1], '')
        redis.call('HDEL', KEYS[1], 'owner')
        return 1
        """;

    /// <summary>Deletes. Keys: response, events, unended, owners. Values: tenant, id, what the tenant's idempotency keys begin with. Whether it was there.</summary>
    public const string Delete = """
        local now = redis.call('HMGET', KEYS[1], 'tenant', 'key')
        if now[1] ~= ARGV[1] then return 0 end
        if now[2] then
          local key = ARGV[3] .. now[2]
          if redis.call('GET', key) == ARGV[2] then redis.call('DEL', key) end
        end
        redis.call('DEL', KEYS[1], KEYS[2])
        redis.call('ZREM', KEYS[3], ARGV[2])
        redis.call('HDEL', KEYS[4], ARGV[2])
        return 1
        """;

    /// <summary>The ids of a chain, the newest first. Key: the response. Values: tenant, id, what responses' keys begin with, the most.</summary>
    public const string Chain = """
        local ids, seen, id = {}, {}, ARGV[2]
        while #ids < tonumber(ARGV[4]) and not seen[id] do
          local now = redis.call('HMGET', ARGV[3] .. id, 'tenant', 'previous')
          if now[1] ~= ARGV[1] then break end
          ids[#ids + 1], seen[id] = id, true
          if not now[2] then break end
          id = now[2]
        end
        return ids
        """;
}
