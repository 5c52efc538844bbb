using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>The statements over conversations that others than their store need.</summary>
internal static class ConversationRows
{
    private const string PlacesSql = """
        UPDATE conversations SET last_position = last_position + $3, used_at = max(used_at, $4) WHERE id = $1 AND tenant = $2
        RETURNING number, last_position
        """;

    private const string InsertSql = "INSERT INTO conversation_items (conversation, position, id, json) VALUES ($1, $2, $3, $4)";

    /// <summary>Appends items.</summary>
    /// <returns>Whether the tenant has such a conversation; if not, nothing is kept.</returns>
    public static bool Append(SqliteSession session, string? tenant, string id, IReadOnlyList<StoredItem> items, long now)
    {
        var (number, last) = session.First(
            PlacesSql, static row => (row.GetInt64(0), row.GetInt64(1)), id, SqliteValues.Tenant(tenant), items.Count, now);
        if (number == 0)
            return false;
        for (var i = 0; i < items.Count; i++)
            session.Execute(InsertSql, number, last - items.Count + 1 + i, items[i].Id, SqliteValues.Blob(items[i].Json));
        return true;
    }

    /// <summary>Deletes a conversation and its items.</summary>
    /// <returns>How many rows that were.</returns>
    public static int Delete(SqliteSession session, long number) =>
        session.Execute("DELETE FROM conversation_items WHERE conversation = $1", number) + session.Execute("DELETE FROM conversations WHERE number = $1", number);
}
