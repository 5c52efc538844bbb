namespace AiGateway.Embedded.Sqlite;

/// <summary>The statements that take out what is old, in steps: each a transaction's worth.</summary>
internal static class RetentionRows
{
    // A step deletes about so many rows; one object is deleted at once, whatever it holds.
    private const int RowsOfStep = 200;
    private const int ObjectsOfStep = 100;

    // Space that is kept for what is stored next: it would only be given back and taken again.
    private const int PagesToKeep = 128;

    /// <summary>Deletes responses that ended before a time, the oldest first.</summary>
    /// <returns>How many.</returns>
    public static int DeleteResponses(SqliteSession session, long before) =>
        Delete(session, "SELECT number FROM responses WHERE ended_at < $1 ORDER BY ended_at LIMIT $2", before, ResponseRows.Delete);

    /// <summary>Deletes conversations that were last used before a time, the oldest first.</summary>
    /// <returns>How many.</returns>
    public static int DeleteConversations(SqliteSession session, long before) =>
        Delete(session, "SELECT number FROM conversations WHERE used_at < $1 ORDER BY used_at LIMIT $2", before, ConversationRows.Delete);

    /// <summary>Deletes chat completions that were made before a time, the oldest first.</summary>
    /// <returns>How many.</returns>
    public static int DeleteCompletions(SqliteSession session, long before) => Delete(
        session,
        "SELECT number FROM completions WHERE created_at < $1 ORDER BY created_at LIMIT $2",
        before,
        static (session, number) => session.Execute("DELETE FROM completions WHERE number = $1", number));

    /// <summary>Deletes usage of calls that began before a time, the oldest first. What was used up by the hour stays.</summary>
    /// <returns>How many rows: of a call, or of some that ended together, where the last of them began before.</returns>
    public static int DeleteUsage(SqliteSession session, long before) =>
        session.Execute("DELETE FROM usage WHERE id IN (SELECT id FROM usage WHERE started_at < $1 ORDER BY started_at LIMIT $2)", before, RowsOfStep) is var rows and > 0
            ? rows : UsageSegmentRows.Delete(session, before, ObjectsOfStep);

    /// <summary>Deletes the oldest of what may be deleted at all: responses that ended, chat completions and usage; conversations only where there are none.</summary>
    /// <returns>How many.</returns>
    public static int DeleteOldest(SqliteSession session)
    {
        var response = Time(session, "SELECT min(ended_at) FROM responses WHERE ended_at IS NOT NULL");
        var completion = Time(session, "SELECT min(created_at) FROM completions");
        var usage = Least(Time(session, "SELECT min(started_at) FROM usage"), UsageSegmentRows.First(session));
        if (usage is not null && !(response < usage) && !(completion < usage))
        {
            // Beyond the end of what begins with the oldest: it goes as a whole.
            var first = Math.Min(response ?? long.MaxValue, completion ?? long.MaxValue);
            return DeleteUsage(session, first < long.MaxValue ? Math.Max(first, usage.Value + UsageSegmentRows.Span) + 1 : long.MaxValue);
        }

        if (response is null && completion is null)
            return DeleteConversations(session, long.MaxValue);
        return completion is null || response <= completion
            ? DeleteResponses(session, completion + 1 ?? long.MaxValue)
            : DeleteCompletions(session, response + 1 ?? long.MaxValue);
    }

    /// <summary>Gives space back that nothing is stored in.</summary>
    /// <returns>Whether there may be more.</returns>
    public static bool ReturnSpace(SqliteSession session)
    {
        var free = Number(session, "PRAGMA freelist_count");
        if (free <= PagesToKeep)
            return false;
        session.All("PRAGMA incremental_vacuum(128)", static _ => 0);
        return Number(session, "PRAGMA freelist_count") < free;
    }

    /// <summary>How many bytes are stored.</summary>
    public static long UsedBytes(SqliteSession session) =>
        (Number(session, "PRAGMA page_count") - Number(session, "PRAGMA freelist_count")) * Number(session, "PRAGMA page_size");

    private static int Delete(SqliteSession session, string find, long before, Func<SqliteSession, long, int> delete)
    {
        var (objects, rows) = (0, 0);
        foreach (var number in session.All(find, static row => row.GetInt64(0), before, ObjectsOfStep))
        {
            rows += delete(session, number);
            objects++;
            if (rows >= RowsOfStep)
                break;
        }

        return objects;
    }

    private static long? Least(long? one, long? other) => one is null || other < one ? other : one;

    private static long Number(SqliteSession session, string sql) => session.First(sql, static row => row.GetInt64(0));

    private static long? Time(SqliteSession session, string sql) => session.First(sql, static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0));
}
