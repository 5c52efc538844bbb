namespace AiGateway.Grains.Redis;

/// <summary>What records usage: each call once by its id, with the sums of its hour, and what its key and tenant used up by the hour.</summary>
internal static class UsageScripts
{
    /// <summary>
    /// Records a call, unless it is. Values from a base on: see <see cref="UsageValues.Of"/>. Money is counted in whole billionths, which Redis adds without loss;
    /// the script itself counts exactly up to 2^53, which is nine million of it for one group in one hour.
    /// </summary>
    public const string AddRecord = """
        local function addrecord(began, records, hours, sums, key, tenant, base)
          if redis.call('HSETNX', records, ARGV[base], ARGV[base + 2]) == 0 then return end
          redis.call('ZADD', began, ARGV[base + 1], ARGV[base])
          local sum, old = {}, redis.call('HGET', sums, ARGV[base + 9])
          if old then
            for number in string.gmatch(old, '%d+') do sum[#sum + 1] = tonumber(number) end
          else
            redis.call('ZADD', hours, ARGV[base + 8], ARGV[base + 8])
          end
          local at = 0
          for number in string.gmatch(ARGV[base + 10], '%d+') do
            at = at + 1
            sum[at] = string.format('%.0f', (sum[at] or 0) + tonumber(number))
          end
          redis.call('HSET', sums, ARGV[base + 9], table.concat(sum, ' '))
          local function spend(name)
            redis.call('HINCRBY', name, ARGV[base + 3] .. ':tokens', ARGV[base + 4])
            redis.call('HINCRBY', name, ARGV[base + 3] .. ':cost', ARGV[base + 5])
          end
          if ARGV[base + 6] == '1' then spend(key) end
          if ARGV[base + 7] == '1' then spend(tenant) end
        end

        """;

    /// <summary>Records calls. Keys: those of each, see <see cref="UsageValues.Names"/>. Values: how many, then those of each.</summary>
    public const string Append = AddRecord + """
        for i = 0, tonumber(ARGV[1]) - 1 do
          local name = 6 * i
          addrecord(KEYS[name + 1], KEYS[name + 2], KEYS[name + 3], KEYS[name + 4], KEYS[name + 5], KEYS[name + 6], 2 + 11 * i)
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

    /// <summary>
    /// Deletes the oldest records, and then the sums of their hours. Keys: usage by time, records, hours. Values: before which hour, how many, what the keys of
    /// sums begin with. How many records there were.
    /// </summary>
    public const string Delete = """
        local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
        for _, id in ipairs(ids) do
          redis.call('HDEL', KEYS[2], id)
          redis.call('ZREM', KEYS[1], id)
        end
        if #ids < tonumber(ARGV[2]) then
          for _, hour in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])) do
            redis.call('DEL', ARGV[3] .. hour)
            redis.call('ZREM', KEYS[3], hour)
          end
        end
        return #ids
        """;
}
