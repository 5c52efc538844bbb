using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Keeps responses in a SQLite database.</summary>
internal sealed class SqliteResponseStore(SqliteDatabase database, SqliteWebhookQueue webhooks, TimeProvider time) : IResponseStore
{
    // Longer chains than any model can read; against one that would lead back into itself.
    private const int LongestChain = 10_000;

    private const string FindSql = $"SELECT {ResponseRows.Columns} FROM responses r WHERE r.id = $1 AND r.tenant = $2";
    private const string FindByKeySql = $"SELECT {ResponseRows.Columns} FROM responses r WHERE r.tenant = $1 AND r.idempotency_key = $2";
    private const string RunningSql = $"SELECT {ResponseRows.Columns} FROM responses r WHERE r.ended_at IS NULL ORDER BY r.created_at, r.number";
    private const string TakeOverSql = "UPDATE responses SET epoch = epoch + 1 WHERE ended_at IS NULL";
    private const string TakeOverOneSql = "UPDATE responses SET epoch = epoch + 1 WHERE id = $1 AND ended_at IS NULL";
    private const string FindAnySql = $"SELECT {ResponseRows.Columns} FROM responses r WHERE r.id = $1";
    private const string BeginSql = "UPDATE responses SET status = 'in_progress', body = $3, run = NULL WHERE id = $1 AND epoch = $2 AND ended_at IS NULL";
    private const string OwnedSql = "SELECT number FROM responses WHERE id = $1 AND epoch = $2 AND ended_at IS NULL";
    private const string NumberSql = "SELECT number FROM responses WHERE id = $1 AND tenant = $2";

    private const string ChainSql = $"""
        WITH RECURSIVE chain (number, previous, depth) AS (
          SELECT number, previous_response_id, 1 FROM responses WHERE id = $1 AND tenant = $2
          UNION ALL
          SELECT p.number, p.previous_response_id, c.depth + 1 FROM chain c CROSS JOIN responses p ON p.id = c.previous AND p.tenant = $2 WHERE c.depth < $3)
        SELECT {ResponseRows.Columns} FROM chain CROSS JOIN responses r ON r.number = chain.number ORDER BY chain.depth DESC
        """;

    /// <inheritdoc/>
    public ValueTask<bool> CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                if (ResponseRows.Insert(session, response, null, null, response.IdempotencyKey) is not { } number)
                    return false;
                EventRows.Append(session, number, events);
                return true;
            },

            // Of another, the client was told nothing yet: its end is what is flushed.
            urgent: response.Background,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> BeginAsync(string id, long epoch, ReadOnlyMemory<byte> body) =>
        database.WriteAsync(session => session.Execute(BeginSql, id, epoch, SqliteValues.Blob(body)) > 0);

    /// <inheritdoc/>
    public ValueTask<bool> AppendAsync(string id, long epoch, EventPage events) =>
        database.WriteAsync(
            session =>
            {
                if (session.First(OwnedSql, static row => (long?)row.GetInt64(0), id, epoch) is not { } number)
                    return false;
                EventRows.Append(session, number, events);
                return true;
            },
            urgent: false);

    /// <inheritdoc/>
    public async ValueTask<bool> EndAsync(StoredResponse response, ResponseEnd end)
    {
        var kept = await database.WriteAsync(session => End(session, response, end, SqliteValues.Time(time.GetUtcNow())));
        if (kept && end.Deliveries.Count > 0)
            webhooks.Signal();
        return kept;
    }

    /// <inheritdoc/>
    public ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.First(FindSql, ResponseRows.Read, id, SqliteValues.Tenant(tenant)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        var links = await database.ReadAsync(
            session => session.All(ChainSql, ResponseRows.Read, id, SqliteValues.Tenant(tenant), LongestChain), cancellationToken);
        return new ResponseChain(links, links.Count == 0 ? id : links[0].PreviousResponseId);
    }

    /// <inheritdoc/>
    public ValueTask<EventPage> ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken) =>
        database.ReadAsync(session => EventRows.Read(session, id, after, maxBytes), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.First(FindByKeySql, ResponseRows.Read, SqliteValues.Tenant(tenant), key), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                if (session.First(NumberSql, static row => (long?)row.GetInt64(0), id, SqliteValues.Tenant(tenant)) is not { } number)
                    return false;
                ResponseRows.Delete(session, number);
                return true;
            },
            urgent: true,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredResponse>> TakeOverAsync(CancellationToken cancellationToken) =>
        await database.WriteAsync(
            static session =>
            {
                session.Execute(TakeOverSql);
                return session.All(RunningSql, ResponseRows.Read);
            },
            urgent: true,
            cancellationToken);

    /// <summary>Takes over one response that has not ended.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The response, with a higher epoch; null where it has ended, or is gone.</returns>
    public ValueTask<StoredResponse?> TakeOverAsync(string id) => database.WriteAsync(
        session => session.Execute(TakeOverOneSql, id) == 0 ? null : session.First(FindAnySql, ResponseRows.Read, id));

    /// <summary>Finds a response, whosever it is.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The response; null where there is none.</returns>
    public ValueTask<StoredResponse?> FindAsync(string id) =>
        database.ReadAsync(session => session.First(FindAnySql, ResponseRows.Read, id), CancellationToken.None);

    private static bool End(SqliteSession session, StoredResponse response, ResponseEnd end, long now)
    {
        // A background response was kept when it was created: where it is not there, it was deleted, and stays so. Any other most likely was not.
        var number = response.Background
            ? ResponseRows.End(session, response, end, now)
            : ResponseRows.Insert(session, response, end, now, response.IdempotencyKey) ?? ResponseRows.End(session, response, end, now);

        // Its client was answered under a key that another call took meanwhile: that one keeps it.
        if (number is null && !response.Background && response.IdempotencyKey is not null)
            number = ResponseRows.Insert(session, response, end, now, key: null);
        if (number is null)
            return false;

        EventRows.Append(session, number.Value, end.Events);
        if (response.Conversation is { } conversation && end.ConversationItems.Count > 0)
            ConversationRows.Append(session, response.Tenant, conversation, end.ConversationItems, now);
        if (end.Usage is { } usage)
            UsageRows.Insert(session, [usage]);
        foreach (var delivery in end.Deliveries)
            DeliveryRows.Insert(session, delivery);
        return true;
    }
}
