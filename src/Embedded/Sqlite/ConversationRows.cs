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
    private const string HasSql = "SELECT 1 FROM conversation_items WHERE id = $2 AND conversation = $1";

    /// <summary>Whether a conversation has an item of this id.</summary>
    public static bool Has(SqliteSession session, long number, string itemId) => session.First(HasSql, static _ => true, number, itemId);

    /// <summary>Appends a response's items; of one whose id is taken, its spare, or, where it has none, nothing.</summary>
    /// <returns>Whether the tenant has such a conversation; if not, nothing is kept.</returns>
    public static bool Append(SqliteSession session, string? tenant, string id, IReadOnlyList<StoredItem> items, long now)
    {
        var (number, last) = session.First(
            PlacesSql, static row => (row.GetInt64(0), row.GetInt64(1)), id, SqliteValues.Tenant(tenant), items.Count, now);
        if (number == 0)
            return false;
        for (var i = 0; i < items.Count; i++)
        {
            var item = Has(session, number, items[i].Id) ? items[i].Spare : items[i];
            if (item is not null)
                session.Execute(InsertSql, number, last - items.Count + 1 + i, item.Id, SqliteValues.Blob(item.Json));
        }

        return true;
    }

    /// <summary>Deletes a conversation and its items.</summary>
    /// <returns>How many rows that were.</returns>
    public static int Delete(SqliteSession session, long number) =>
        session.Execute("DELETE FROM conversation_items WHERE conversation = $1", number) + session.Execute("DELETE FROM conversations WHERE number = $1", number);
}
