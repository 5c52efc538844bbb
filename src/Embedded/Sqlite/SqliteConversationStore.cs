using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Keeps conversations in SQLite.</summary>
internal sealed class SqliteConversationStore(SqliteDatabase database, TimeProvider time) : IConversationStore
{
    private const string Found = "SELECT created_at, metadata FROM conversations WHERE id = $1 AND tenant = $2";

    public async ValueTask CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(items);
        CheckDifferent(items);
        await database.WriteAsync(session =>
        {
            session.Execute(
                "INSERT INTO conversations (id, tenant, created_at, used_at, last_position, metadata) VALUES ($1, $2, $3, $4, 0, $5)",
                conversation.Id,
                SqliteValues.Tenant(conversation.Tenant),
                SqliteValues.Time(conversation.CreatedAt),
                Now,
                SqliteValues.Blob(conversation.Metadata));
            return TryAppend(session, conversation.Tenant, conversation.Id, items);
        }, cancellationToken);
    }

    public ValueTask<StoredConversation?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Find(session, tenant, id), cancellationToken);

    public async ValueTask<StoredConversation?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        return await database.WriteAsync(session =>
        {
            session.Execute(
                "UPDATE conversations SET metadata = $3, used_at = $4 WHERE id = $1 AND tenant = $2", id, SqliteValues.Tenant(tenant), SqliteValues.Blob(metadata), Now);
            return Find(session, tenant, id);
        }, cancellationToken);
    }

    public async ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        return await database.WriteAsync(session =>
        {
            session.Execute(
                "DELETE FROM conversation_items WHERE conversation = (SELECT rowid FROM conversations WHERE id = $1 AND tenant = $2)", id, SqliteValues.Tenant(tenant));
            return session.Execute("DELETE FROM conversations WHERE id = $1 AND tenant = $2", id, SqliteValues.Tenant(tenant)) > 0;
        }, cancellationToken);
    }

    public async ValueTask<bool> AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        CheckDifferent(items);
        var (isFound, taken) = await database.WriteAsync(session => TryAppend(session, tenant, id, items), cancellationToken);
        return taken is null ? isFound : throw new DuplicateItemException(taken);
    }

    public ValueTask<IReadOnlyList<PositionedItem>?> ItemsAsync(
        string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PositionedItem>?>(
            session => RowOf(session, tenant, id) is not { } row ? null : session.All(
                descending
                    ? "SELECT position, id, json FROM conversation_items WHERE conversation = $1 AND position < $2 ORDER BY position DESC LIMIT $3"
                    : "SELECT position, id, json FROM conversation_items WHERE conversation = $1 AND position > $2 ORDER BY position LIMIT $3",
                ReadItem,
                row,
                after ?? (descending ? long.MaxValue : 0),
                limit ?? -1),
            cancellationToken);

    public ValueTask<PositionedItem?> FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken) => database.ReadAsync(
        session => id is null
            ? session.First(
                """
                SELECT i.position, i.id, i.json FROM conversation_items i JOIN conversations c ON c.rowid = i.conversation
                WHERE i.id = $1 AND c.tenant = $2 ORDER BY i.conversation DESC LIMIT 1
                """,
                ReadItem,
                itemId,
                SqliteValues.Tenant(tenant))
            : session.First(
                """
                SELECT i.position, i.id, i.json FROM conversation_items i JOIN conversations c ON c.rowid = i.conversation
                WHERE i.id = $1 AND c.tenant = $2 AND c.id = $3 LIMIT 1
                """,
                ReadItem,
                itemId,
                SqliteValues.Tenant(tenant),
                id),
        cancellationToken);

    public async ValueTask<bool> DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken)
    {
        return await database.WriteAsync(session =>
        {
            if (RowOf(session, tenant, id) is not { } row
                || session.Execute("DELETE FROM conversation_items WHERE conversation = $1 AND id = $2", row, itemId) == 0)
            {
                return false;
            }

            session.Execute("UPDATE conversations SET used_at = $2 WHERE rowid = $1", row, Now);
            return true;
        }, cancellationToken);
    }

    private long Now => SqliteValues.Time(time.GetUtcNow());

    // To throw in here would undo, and do once more, what others write in the same transaction.
    private (bool IsFound, string? Taken) TryAppend(SqliteSession session, string? tenant, string id, IReadOnlyList<StoredItem> items)
    {
        var found = session.First(
            "SELECT rowid, last_position FROM conversations WHERE id = $1 AND tenant = $2",
            reader => (Row: reader.GetInt64(0), Last: reader.GetInt64(1)),
            id,
            SqliteValues.Tenant(tenant));
        if (found.Row == 0)
            return (false, null);
        foreach (var item in items)
        {
            if (ConversationRows.Has(session, found.Row, item.Id))
                return (true, item.Id);
        }

        var position = found.Last;
        foreach (var item in items)
        {
            session.Execute(
                "INSERT INTO conversation_items (conversation, position, id, json) VALUES ($1, $2, $3, $4)", found.Row, ++position, item.Id, SqliteValues.Blob(item.Json));
        }

        session.Execute("UPDATE conversations SET last_position = $2, used_at = $3 WHERE rowid = $1", found.Row, position, Now);
        return (true, null);
    }

    private static void CheckDifferent(IReadOnlyList<StoredItem> items)
    {
        var ids = new HashSet<string>(items.Count, StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (!ids.Add(item.Id))
                throw new DuplicateItemException(item.Id);
        }
    }

    private static StoredConversation? Find(SqliteSession session, string? tenant, string id) => session.First(
        Found,
        reader => new StoredConversation
        {
            Id = id,
            Tenant = tenant,
            CreatedAt = SqliteValues.Time(reader.GetInt64(0)),
            Metadata = reader.GetFieldValue<byte[]>(1),
        },
        id,
        SqliteValues.Tenant(tenant));

    private static long? RowOf(SqliteSession session, string? tenant, string id) => session.First<long?>(
        "SELECT rowid FROM conversations WHERE id = $1 AND tenant = $2", reader => reader.GetInt64(0), id, SqliteValues.Tenant(tenant));

    private static PositionedItem ReadItem(SqliteDataReader reader) =>
        new(reader.GetInt64(0), new StoredItem(reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
}
