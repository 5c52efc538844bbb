using System.Runtime.InteropServices;
using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>What calls used, in segments (<see cref="UsageSegmentRows"/>), and what keys and tenants used up by the hour, which outlives them. Up to version 3 each call had a row: those stay where they are.</summary>
internal static class UsageRows
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = """
        id, tenant, key_id, api, model, provider, provider_model, started_at, duration_ms, first_token_ms, status, outcome, error_code,
        input_tokens, cached_tokens, output_tokens, reasoning_tokens, estimated, cost, attempts, stream, cached
        """;

    private const string SpendSql = """
        INSERT INTO spending (scope, name, hour, tokens, cost) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (scope, name, hour) DO UPDATE SET tokens = tokens + excluded.tokens, cost = cost + excluded.cost
        """;

    // Money in whole billionths: it lasts to nine billion.
    private const decimal Unit = 1_000_000_000m;
    private const long Hour = 60 * 60 * 1000;

    /// <summary>Records what is not recorded yet.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="records">The records.</param>
    /// <returns>How many there were.</returns>
    public static int Insert(SqliteSession session, IReadOnlyList<UsageRecord> records)
    {
        var fresh = UsageSegmentRows.Insert(session, records);
        var spent = new Dictionary<(string? KeyId, string? Tenant, long Hour), Spending>();
        var last = default((string? KeyId, string? Tenant, long Hour));
        Spending? sum = null;
        foreach (var record in fresh)
        {
            // By the time that it is recorded, as budgets count it: at the call's end, not its beginning.
            var ended = SqliteValues.Time(record.StartedAt) + record.DurationMs;
            var whose = (record.KeyId, record.Tenant, ended - (ended % Hour));
            if (sum is null || whose != last)
            {
                last = whose;
                ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(spent, whose, out _);
                sum = found ??= new Spending();
            }

            sum.Tokens += record.InputTokens + record.OutputTokens;
            sum.Cost += Money(record.Cost);
        }

        foreach (var ((key, tenant, hour), some) in spent)
        {
            if (key is not null)
                session.Execute(SpendSql, "key", key, hour, some.Tokens, some.Cost);
            if (tenant is not null)
                session.Execute(SpendSql, "tenant", tenant, hour, some.Tokens, some.Cost);
        }

        return fresh.Count;
    }

    /// <summary>Reads a record.</summary>
    /// <param name="row">A row of <see cref="Columns"/>.</param>
    public static UsageRecord Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Tenant = SqliteValues.TenantOf(row.GetString(1)),
        KeyId = Text(row, 2),
        Api = row.GetString(3),
        Model = Text(row, 4),
        Provider = Text(row, 5),
        ProviderModel = Text(row, 6),
        StartedAt = SqliteValues.Time(row.GetInt64(7)),
        DurationMs = row.GetInt64(8),
        FirstTokenMs = row.IsDBNull(9) ? null : row.GetInt64(9),
        Status = row.GetInt32(10),
        Outcome = row.GetString(11),
        ErrorCode = Text(row, 12),
        InputTokens = row.GetInt64(13),
        CachedTokens = row.GetInt64(14),
        OutputTokens = row.GetInt64(15),
        ReasoningTokens = row.GetInt64(16),
        IsEstimated = row.GetInt64(17) != 0,
        Cost = Money(row.GetInt64(18)),
        Attempts = row.GetInt32(19),
        IsStream = row.GetInt64(20) != 0,
        IsCached = row.GetInt64(21) != 0,
    };

    /// <summary>Money of a column.</summary>
    public static decimal Money(long column) => column / Unit;

    /// <summary>Money as a column has it.</summary>
    public static long Money(decimal cost) => (long)Math.Round(cost * Unit, MidpointRounding.AwayFromZero);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private sealed class Spending
    {
        public long Tokens { get; set; }

        public long Cost { get; set; }
    }
}
