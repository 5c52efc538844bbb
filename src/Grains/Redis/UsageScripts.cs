namespace AiGateway.Grains.Redis;

/// <summary>What records usage: each call once by its id, with what its key and tenant used up by the hour.</summary>
internal static class UsageScripts
{
    /// <summary>
    /// Records a call, unless it is. Values from a base on: see <see cref="UsageValues.Of"/>. Money is counted in whole billionths, which Redis adds without loss.
    /// </summary>
    public const string AddRecord = """
        local function addrecord(began, records, key, tenant, base)
          if redis.call('HSETNX', records, ARGV[base], ARGV[base + 2]) == 0 then return end
          redis.call('ZADD', began, ARGV[base + 1], ARGV[base])
          local function spend(name)
            redis.call('HINCRBY', name, ARGV[base + 3] .. ':tokens', ARGV[base + 4])
            redis.call('HINCRBY', name, ARGV[base + 3] .. ':cost', ARGV[base + 5])
          end
          if ARGV[base + 6] == '1' then spend(key) end
          if ARGV[base + 7] == '1' then spend(tenant) end
        end

        """;

    /// <summary>Records calls. Keys: usage by time, records; then what key and tenant of each used up. Values: how many, then those of each.</summary>
    public const string Append = AddRecord + """
        for i = 0, tonumber(ARGV[1]) - 1 do
          addrecord(KEYS[1], KEYS[2], KEYS[3 + 2 * i], KEYS[4 + 2 * i], 2 + 8 * i)
        end
        return 1
        """;

    /// <summary>Reads records in order of time and id. Keys: usage by time, records. Values: from, until, how many to pass over, how many. Id, time and record, one after the other.</summary>
    public const string Read = """
        local found = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES', 'LIMIT', ARGV[3], ARGV[4])
        local flat = {}
        for i = 1, #found, 2 do
          flat[#flat + 1] = found[i]
          flat[#flat + 1] = found[i + 1]
          flat[#flat + 1] = redis.call('HGET', KEYS[2], found[i])
        end
        return flat
        """;

    /// <summary>Deletes the oldest records. Keys: usage by time, records. Values: before when, how many. How many there were.</summary>
    public const string Delete = """
        local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
        for _, id in ipairs(ids) do
          redis.call('HDEL', KEYS[2], id)
          redis.call('ZREM', KEYS[1], id)
        end
        return #ids
        """;
}
