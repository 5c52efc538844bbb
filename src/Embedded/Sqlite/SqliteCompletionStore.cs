using System.Globalization;
using System.Text;
using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Keeps chat completions in SQLite.</summary>
internal sealed class SqliteCompletionStore(SqliteDatabase database) : ICompletionStore
{
    private const string Columns = "SELECT id, created_at, model, metadata, body, messages FROM completions WHERE tenant = $1";

    public async ValueTask SaveAsync(StoredCompletion completion)
    {
        ArgumentNullException.ThrowIfNull(completion);
        var tenant = SqliteValues.Tenant(completion.Tenant);
        await database.WriteAsync(session =>
        {
            // An id comes twice only where a hook gives it: the last one holds then.
            session.Execute("DELETE FROM completions WHERE tenant = $1 AND id = $2", tenant, completion.Id);
            return session.Execute(
                "INSERT INTO completions (id, tenant, created_at, model, metadata, body, messages) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                completion.Id,
                tenant,
                SqliteValues.Time(completion.CreatedAt),
                completion.Model,
                SqliteValues.Blob(completion.Metadata),
                SqliteValues.Blob(completion.Body),
                SqliteValues.Blob(completion.Messages));
        });
    }

    public ValueTask<StoredCompletion?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Find(session, tenant, id), cancellationToken);

    public ValueTask<IReadOnlyList<StoredCompletion>> ListAsync(CompletionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (sql, values) = Listing(query);
        return database.ReadAsync<IReadOnlyList<StoredCompletion>>(session => session.All(sql, reader => Read(reader, query.Tenant), values), cancellationToken);
    }

    public async ValueTask<StoredCompletion?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        return await database.WriteAsync(session =>
        {
            session.Execute("UPDATE completions SET metadata = $3 WHERE tenant = $1 AND id = $2", SqliteValues.Tenant(tenant), id, SqliteValues.Blob(metadata));
            return Find(session, tenant, id);
        }, cancellationToken);
    }

    public async ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        return await database.WriteAsync(
            session => session.Execute("DELETE FROM completions WHERE tenant = $1 AND id = $2", SqliteValues.Tenant(tenant), id) > 0, cancellationToken);
    }

    private static (string Sql, object?[] Values) Listing(CompletionQuery query)
    {
        var sql = new StringBuilder(Columns);
        var values = new List<object?> { SqliteValues.Tenant(query.Tenant) };
        if (query.Model is not null)
            sql.Append(" AND model = ").Append(Value(query.Model));
        if (query.After is not null)
        {
            sql.Append(" AND number ").Append(query.Descending ? '<' : '>')
                .Append(" (SELECT number FROM completions WHERE tenant = $1 AND id = ").Append(Value(query.After)).Append(')');
        }

        foreach (var (key, value) in query.Metadata)
        {
            sql.Append(" AND EXISTS (SELECT 1 FROM json_each(CAST(metadata AS TEXT)) WHERE key = ").Append(Value(key))
                .Append(" AND atom = ").Append(Value(value)).Append(')');
        }

        sql.Append(" ORDER BY number").Append(query.Descending ? " DESC" : "").Append(" LIMIT ").Append(Value(query.Limit));
        return (sql.ToString(), [.. values]);

        string Value(object value)
        {
            values.Add(value);
            return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
        }
    }

    private static StoredCompletion? Find(SqliteSession session, string? tenant, string id) =>
        session.First(Columns + " AND id = $2", reader => Read(reader, tenant), SqliteValues.Tenant(tenant), id);

    private static StoredCompletion Read(SqliteDataReader reader, string? tenant) => new()
    {
        Id = reader.GetString(0),
        Tenant = tenant,
        CreatedAt = SqliteValues.Time(reader.GetInt64(1)),
        Model = reader.GetString(2),
        Metadata = reader.GetFieldValue<byte[]>(3),
        Body = reader.GetFieldValue<byte[]>(4),
        Messages = reader.GetFieldValue<byte[]>(5),
    };
}
