using System.Runtime.InteropServices;
using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>The statements over segments of usage: what ended together stands in one row, packed, with the time that its calls began in.</summary>
internal static class UsageSegmentRows
{
    /// <summary>The most that the beginnings of a segment's calls lie apart, in milliseconds: where to look for one is known by that.</summary>
    public const long Span = 10_000;

    private const string InsertSql = "INSERT INTO usage_segments (first_at, last_at, body) VALUES ($1, $2, $3)";
    private const string EachSql = "SELECT first_at, body FROM usage_segments WHERE first_at >= $1 AND first_at < $2 AND last_at >= $3 ORDER BY first_at, number";
    private const string LastSql = """
        SELECT max(coalesce((SELECT max(last_at) FROM usage_segments WHERE first_at >= (SELECT max(first_at) FROM usage_segments) - $1), $2), coalesce((SELECT max(started_at) FROM usage), $2))
        """;

    /// <summary>Reads a segment.</summary>
    /// <param name="firstAt">When its first call began.</param>
    /// <param name="body">The segment.</param>
    /// <returns>Whether there shall be another.</returns>
    public delegate bool Reading(long firstAt, ReadOnlySpan<byte> body);

    /// <summary>Records what is not recorded yet.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="records">The records.</param>
    /// <returns>Those that were not.</returns>
    public static List<UsageRecord> Insert(SqliteSession session, IReadOnlyList<UsageRecord> records)
    {
        var recorded = session.RecordedUsage ??= new RecordedUsage(session.First(LastSql, static row => row.GetInt64(0), Span, long.MinValue));
        var fresh = new List<UsageRecord>(records.Count);
        long first = long.MaxValue, last = long.MinValue;
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            var (number, startedAt) = (UsageIds.Number(record.Id), SqliteValues.Time(record.StartedAt));
            if (recorded.Add(number, startedAt) && (fresh.Exists(other => other.Id == record.Id) || IsRecorded(session, record.Id, startedAt)))
                continue;
            fresh.Add(record);
            (first, last) = (Math.Min(first, startedAt), Math.Max(last, startedAt));
        }

        if (fresh.Count == 0)
            return fresh;
        if (last - first <= Span)
            Insert(session, CollectionsMarshal.AsSpan(fresh), first, last);
        else
            InsertApart(session, fresh);
        return fresh;
    }

    /// <summary>Reads the segments with calls that began in a time, in the order of their first call's beginning.</summary>
    /// <param name="session">A connection.</param>
    /// <param name="from">From when on; null for all.</param>
    /// <param name="until">Until before when; null for all.</param>
    /// <param name="read">Gets each. It may have other calls too.</param>
    public static void Each(SqliteSession session, long? from, long? until, Reading read) => session.Each(
        EachSql,
        row => read(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
        from - Span ?? long.MinValue,
        until ?? long.MaxValue,
        from ?? long.MinValue);

    /// <summary>Deletes segments all of whose calls began before a time, the oldest first.</summary>
    /// <returns>How many segments.</returns>
    public static int Delete(SqliteSession session, long before, int most) => session.Execute(
        "DELETE FROM usage_segments WHERE number IN (SELECT number FROM usage_segments WHERE first_at < $1 AND last_at < $1 ORDER BY first_at LIMIT $2)", before, most);

    /// <summary>When the oldest call began; null where there is none.</summary>
    public static long? First(SqliteSession session) =>
        session.First("SELECT min(first_at) FROM usage_segments", static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0));

    private static void InsertApart(SqliteSession session, List<UsageRecord> records)
    {
        records.Sort(static (one, other) => one.StartedAt.CompareTo(other.StartedAt));
        var all = CollectionsMarshal.AsSpan(records);
        for (var begin = 0; begin < all.Length;)
        {
            var first = SqliteValues.Time(all[begin].StartedAt);
            var end = begin + 1;
            while (end < all.Length && SqliteValues.Time(all[end].StartedAt) - first <= Span)
                end++;
            Insert(session, all[begin..end], first, SqliteValues.Time(all[end - 1].StartedAt));
            begin = end;
        }
    }

    private static void Insert(SqliteSession session, ReadOnlySpan<UsageRecord> records, long first, long last) =>
        session.Execute(InsertSql, first, last, session.UsageEncoder.Encode(records, first));

    // A call has one beginning, however often it is told of.
    private static bool IsRecorded(SqliteSession session, string id, long startedAt)
    {
        if (session.First("SELECT 1 FROM usage WHERE id = $1", static row => row.GetInt64(0), id) == 1)
            return true;
        var found = false;
        Each(session, startedAt, startedAt + 1, (_, body) => !(found = new UsageSegment(body).Has(id)));
        return found;
    }
}
