using System.Text.Json;
using System.Text.Json.Serialization;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>How usage stands in Redis.</summary>
internal static class UsageValues
{
    // To nine billion.
    private const decimal Unit = 1_000_000_000m;
    private const long Hour = 60 * 60 * 1000;

    /// <summary>A time, in milliseconds since 1970.</summary>
    public static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <summary>What a script needs to record a call: id, beginning, record, the hour in which it ended, tokens, cost, whether there is a key, and a tenant.</summary>
    public static RedisValue[] Of(UsageRecord record)
    {
        // By the time that it is recorded, as budgets count it: at the call's end, not its beginning.
        var ended = Time(record.StartedAt) + record.DurationMs;
        return
        [
            record.Id, Time(record.StartedAt), JsonSerializer.SerializeToUtf8Bytes(record, UsageRecordJson.Default.UsageRecord), ended - (ended % Hour),
            record.InputTokens + record.OutputTokens, (long)Math.Round(record.Cost * Unit, MidpointRounding.AwayFromZero), record.KeyId is not null, record.Tenant is not null,
        ];
    }

    /// <summary>Where it stands what the key and the tenant of a call used up.</summary>
    public static RedisKey[] Spent(RedisKeys keys, UsageRecord record) => [keys.Spent("key", record.KeyId ?? ""), keys.Spent("tenant", record.Tenant ?? "")];

    /// <summary>Money of the number of billionths.</summary>
    public static decimal Money(long billionths) => billionths / Unit;

    /// <summary>A record.</summary>
    public static UsageRecord Read(RedisValue json) => JsonSerializer.Deserialize((byte[])json!, UsageRecordJson.Default.UsageRecord)!;
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(UsageRecord))]
internal sealed partial class UsageRecordJson : JsonSerializerContext;
