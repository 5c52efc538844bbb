using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>How usage stands in Redis.</summary>
internal static class UsageValues
{
    /// <summary>An hour, in milliseconds.</summary>
    public const long Hour = 60 * 60 * 1000;

    // To nine billion.
    private const decimal Unit = 1_000_000_000m;

    /// <summary>A time, in milliseconds since 1970.</summary>
    public static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <summary>The hour of a time, in milliseconds since 1970.</summary>
    public static long HourOf(long time) => time - (time % Hour);

    /// <summary>
    /// What a script needs to record a call: id, beginning, record; the hour in which it ended, tokens, cost, whether there is a key, and a tenant; the hour in
    /// which it began, its group, and what it adds to that group's sums.
    /// </summary>
    public static RedisValue[] Of(UsageRecord record)
    {
        // What was used up is counted by the time that it is recorded, as budgets count it: at the call's end, not its beginning.
        var began = Time(record.StartedAt);
        var cost = (long)Math.Round(record.Cost * Unit, MidpointRounding.AwayFromZero);
        return
        [
            record.Id, began, JsonSerializer.SerializeToUtf8Bytes(record, UsageRecordJson.Default.UsageRecord), HourOf(began + record.DurationMs),
            record.InputTokens + record.OutputTokens, cost, record.KeyId is not null, record.Tenant is not null,
            HourOf(began), JsonSerializer.SerializeToUtf8Bytes(Group(record), UsageRecordJson.Default.StringArray), Added(record, cost),
        ];
    }

    /// <summary>
    /// The names that it needs for that: usage by time, records, hours, the sums of the hour, and where it stands what the key and the tenant of the call used up.
    /// </summary>
    public static RedisKey[] Names(RedisKeys keys, UsageRecord record) =>
    [
        keys.UsageByTime, keys.Usage, keys.UsageHours, keys.UsageSums(HourOf(Time(record.StartedAt))), keys.Spent("key", record.KeyId ?? ""), keys.Spent("tenant", record.Tenant ?? ""),
    ];

    /// <summary>What the calls of an hour's group have in common: a record of which nothing else is known.</summary>
    /// <param name="hour">The hour, in milliseconds since 1970.</param>
    /// <param name="group">The group, as it stands in Redis.</param>
    public static UsageRecord ReadGroup(long hour, RedisValue group)
    {
        var names = JsonSerializer.Deserialize((byte[])group!, UsageRecordJson.Default.StringArray)!;
        return new UsageRecord
        {
            Id = "",
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(hour),
            Tenant = names[0],
            KeyId = names[1],
            Model = names[2],
            Provider = names[3],
            ProviderModel = names[4],
            Api = names[5]!,
            Outcome = names[6]!,
        };
    }

    /// <summary>The sums of an hour's group, in common with nobody else.</summary>
    public static UsageSum ReadSum(RedisValue sums)
    {
        var numbers = Array.ConvertAll(((string)sums!).Split(' '), static number => long.Parse(number, CultureInfo.InvariantCulture));
        return new UsageSum([], numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], Money(numbers[7]));
    }

    /// <summary>Money of the number of billionths.</summary>
    public static decimal Money(long billionths) => billionths / Unit;

    /// <summary>A record.</summary>
    public static UsageRecord Read(RedisValue json) => JsonSerializer.Deserialize((byte[])json!, UsageRecordJson.Default.UsageRecord)!;

    // All that usage is asked for by, but for its time.
    private static string?[] Group(UsageRecord record) => [record.Tenant, record.KeyId, record.Model, record.Provider, record.ProviderModel, record.Api, record.Outcome];

    private static string Added(UsageRecord record, long cost)
    {
        var sum = UsageGroups.Of(record);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sum.Requests} {sum.Errors} {sum.InputTokens} {sum.CachedTokens} {sum.OutputTokens} {sum.ReasoningTokens} {sum.EstimatedTokens} {cost}");
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(UsageRecord))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class UsageRecordJson : JsonSerializerContext;
