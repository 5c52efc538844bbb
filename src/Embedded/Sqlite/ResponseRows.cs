using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>The statements over the table of responses.</summary>
internal static class ResponseRows
{
    /// <summary>What <see cref="Read"/> reads, of a table that is called r.</summary>
    public const string Columns = """
        r.id, r.tenant, r.status, r.created_at, r.background, r.stream, r.previous_response_id, r.conversation, r.conversation_position, r.epoch,
        r.idempotency_key, r.body_hash,
        coalesce((SELECT e.first + e.count - 1 FROM events e WHERE e.response = r.number ORDER BY e.first DESC LIMIT 1), -1),
        r.input, r.body, r.run, r.key_id
        """;

    private const string InsertSql = """
        INSERT INTO responses (
          id, tenant, status, created_at, ended_at, background, stream, previous_response_id, conversation, conversation_position, epoch,
          idempotency_key, body_hash, input, body, run, key_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT DO NOTHING
        """;

    // A run that ends is not to be started any more.
    private const string EndSql = """
        UPDATE responses SET status = $3, ended_at = $4, body = $5, run = NULL WHERE id = $1 AND epoch = $2 AND ended_at IS NULL
        RETURNING number
        """;

    /// <summary>Inserts a response.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="response">The response.</param>
    /// <param name="end">How it ended; null where it has not.</param>
    /// <param name="endedAt">When; null where it has not.</param>
    /// <param name="key">Its idempotency key; null for none.</param>
    /// <returns>The row's number; null where the id or the key is taken.</returns>
    public static long? Insert(SqliteSession session, StoredResponse response, ResponseEnd? end, long? endedAt, IdempotencyKey? key)
    {
        var rows = session.Execute(
            InsertSql,
            response.Id,
            SqliteValues.Tenant(response.Tenant),
            end?.Status ?? response.Status,
            SqliteValues.Time(response.CreatedAt),
            endedAt,
            response.Background ? 1 : 0,
            response.Stream ? 1 : 0,
            response.PreviousResponseId,
            response.Conversation,
            response.ConversationPosition,
            response.Epoch,
            key?.Key,
            key?.BodyHash,
            SqliteValues.Blob(response.Input),
            SqliteValues.Blob(end?.Body ?? response.Body),
            end is null ? StoredRequest.Write(response.Run) : null,
            response.KeyId);
        return rows == 0 ? null : session.LastInserted;
    }

    /// <summary>Ends a response that is there, belongs to the epoch, and has not ended.</summary>
    /// <returns>The row's number; null where there is no such response.</returns>
    public static long? End(SqliteSession session, StoredResponse response, ResponseEnd end, long endedAt) =>
        session.First(
            EndSql, static row => (long?)row.GetInt64(0), response.Id, response.Epoch, end.Status, endedAt, SqliteValues.Blob(end.Body));

    /// <summary>Deletes a response and everything that was kept of it.</summary>
    /// <returns>How many rows that were.</returns>
    public static int Delete(SqliteSession session, long number) =>
        session.Execute("DELETE FROM events WHERE response = $1", number) + session.Execute("DELETE FROM responses WHERE number = $1", number);

    /// <summary>Reads a response.</summary>
    /// <param name="row">A row of <see cref="Columns"/>.</param>
    public static StoredResponse Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Tenant = SqliteValues.TenantOf(row.GetString(1)),
        Status = row.GetString(2),
        CreatedAt = SqliteValues.Time(row.GetInt64(3)),
        Background = row.GetInt64(4) != 0,
        Stream = row.GetInt64(5) != 0,
        PreviousResponseId = row.IsDBNull(6) ? null : row.GetString(6),
        Conversation = row.IsDBNull(7) ? null : row.GetString(7),
        ConversationPosition = row.GetInt64(8),
        Epoch = row.GetInt64(9),
        IdempotencyKey = row.IsDBNull(10) ? null : new IdempotencyKey(row.GetString(10), row.GetString(11)),
        LastSequence = row.GetInt64(12),
        Input = row.GetFieldValue<byte[]>(13),
        Body = row.GetFieldValue<byte[]>(14),
        Run = StoredRequest.Read(row.IsDBNull(15) ? null : row.GetFieldValue<byte[]>(15)),
        KeyId = row.IsDBNull(16) ? null : row.GetString(16),
    };
}
