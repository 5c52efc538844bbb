using System.Globalization;
using System.Text;
using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Records usage in a SQLite database: in segments, and, of files of older versions, in rows.</summary>
internal sealed class SqliteUsageStore(SqliteDatabase database) : IUsageStore
{
    private const string SpentSql = "SELECT coalesce(sum(tokens), 0), coalesce(sum(cost), 0) FROM spending WHERE scope = $1 AND name = $2 AND hour >= $3";

    /// <inheritdoc/>
    /// <remarks>Not flushed to the disk: it is safe from a kill of the process.</remarks>
    public async ValueTask AppendAsync(IReadOnlyList<UsageRecord> records) =>
        await database.WriteAsync(session => UsageRows.Insert(session, records), urgent: false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<UsageSum>> SumAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var values = new List<object?>();
        var keys = query.GroupBy.Select(Column).ToList();
        var sql = new StringBuilder("SELECT ");
        foreach (var key in keys)
            sql.Append(key).Append(", ");
        sql.Append("""
            count(*), coalesce(sum(outcome = 'failed'), 0), coalesce(sum(input_tokens), 0), coalesce(sum(cached_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(reasoning_tokens), 0),
            coalesce(sum(CASE estimated WHEN 1 THEN input_tokens + output_tokens END), 0), coalesce(sum(cost), 0)
            FROM usage
            """);
        Where(sql, query, values);
        var places = string.Join(", ", Enumerable.Range(1, keys.Count));
        if (keys.Count > 0)
            sql.Append(" GROUP BY ").Append(places).Append(" ORDER BY ").Append(places);
        sql.Append(" LIMIT ").Append(Value(values, query.Limit));
        return await database.ReadAsync(
            session =>
            {
                var groups = new UsageGroups(query.GroupBy);
                foreach (var sum in session.All(sql.ToString(), row => ReadSum(row, query), [.. values]))
                    groups.Add(sum);
                UsageSegmentRows.Each(
                    session,
                    query.From is { } from ? SqliteValues.Time(from) : null,
                    query.Until is { } until ? SqliteValues.Time(until) : null,
                    (_, body) =>
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        UsageSegmentSums.Add(query, body, groups);
                        return true;
                    });
                return groups.Sums(query.Limit);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<UsageRecord>> ListAsync(UsageQuery query, UsageRecord? after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var values = new List<object?>();
        var sql = new StringBuilder("SELECT ").Append(UsageRows.Columns).Append(" FROM usage");
        Where(sql, query, values);
        if (after is not null)
        {
            sql.Append(values.Count == 0 ? " WHERE " : " AND ")
                .Append("(started_at, id) > (").Append(Value(values, SqliteValues.Time(after.StartedAt))).Append(", ").Append(Value(values, after.Id)).Append(')');
        }

        sql.Append(" ORDER BY started_at, id LIMIT ").Append(Value(values, query.Limit));
        return await database.ReadAsync(
            session =>
            {
                var page = new UsagePage(query, after);
                page.Add(session.All(sql.ToString(), UsageRows.Read, [.. values]));
                UsageSegmentRows.Each(session, page.From, page.Until, page.Add);
                return page.All();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<(long Tokens, decimal Cost)> SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => session.First(SpentSql, static row => (row.GetInt64(0), UsageRows.Money(row.GetInt64(1))), scope, name, SqliteValues.Time(since)),
            cancellationToken);

    private static UsageSum ReadSum(SqliteDataReader row, UsageQuery query)
    {
        var n = query.GroupBy.Count;
        var shared = new string?[n];
        for (var i = 0; i < n; i++)
            shared[i] = row.IsDBNull(i) ? null : query.GroupBy[i] == "tenant" ? SqliteValues.TenantOf(row.GetString(i)) : row.GetString(i);
        return new UsageSum(
            shared,
            row.GetInt64(n),
            row.GetInt64(n + 1),
            row.GetInt64(n + 2),
            row.GetInt64(n + 3),
            row.GetInt64(n + 4),
            row.GetInt64(n + 5),
            row.GetInt64(n + 6),
            UsageRows.Money(row.GetInt64(n + 7)));
    }

    private static void Where(StringBuilder sql, UsageQuery query, List<object?> values)
    {
        var word = " WHERE ";
        if (query.From is { } from)
            Add("started_at >= ", SqliteValues.Time(from));
        if (query.Until is { } until)
            Add("started_at < ", SqliteValues.Time(until));
        if (query.Tenant is { } tenant)
            Add("tenant = ", SqliteValues.Tenant(tenant));
        if (query.KeyId is { } key)
            Add("key_id = ", key);
        if (query.Model is { } model)
            Add("model = ", model);
        if (query.Provider is { } provider)
            Add("provider = ", provider);

        void Add(string condition, object value)
        {
            sql.Append(word).Append(condition).Append(Value(values, value));
            word = " AND ";
        }
    }

    private static string Column(string group) => group switch
    {
        "tenant" => "tenant",
        "key" => "key_id",
        "model" => "model",
        "provider" => "provider",
        "provider_model" => "provider_model",
        "api" => "api",
        "outcome" => "outcome",
        "hour" => "strftime('%Y-%m-%dT%H:00:00Z', started_at / 1000, 'unixepoch')",
        "day" => "strftime('%Y-%m-%dT00:00:00Z', started_at / 1000, 'unixepoch')",
        "month" => "strftime('%Y-%m-01T00:00:00Z', started_at / 1000, 'unixepoch')",
        _ => throw new ArgumentException($"Usage cannot be put together by '{group}'.", nameof(group)),
    };

    private static string Value(List<object?> values, object value)
    {
        values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
    }
}
