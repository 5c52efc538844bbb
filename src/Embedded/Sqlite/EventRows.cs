using AiGateway.Engine;
using Microsoft.Data.Sqlite;

namespace AiGateway.Embedded.Sqlite;

/// <summary>The statements over the table of events.</summary>
internal static class EventRows
{
    private const string LastSql = "SELECT first + count - 1 FROM events WHERE response = $1 ORDER BY first DESC LIMIT 1";
    private const string InsertSql = "INSERT INTO events (response, first, count, frames) VALUES ($1, $2, $3, $4)";

    // From the page that holds the event, where one does, on.
    private const string ReadSql = """
        WITH r AS (SELECT number FROM responses WHERE id = $1)
        SELECT e.first, e.count, length(e.frames), e.frames FROM r CROSS JOIN events e ON e.response = r.number
        WHERE e.first >= coalesce((SELECT b.first FROM events b WHERE b.response = r.number AND b.first <= $2 ORDER BY b.first DESC LIMIT 1), 0)
        ORDER BY e.first
        """;

    /// <summary>Keeps further events of a response.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="response">The response's number.</param>
    /// <param name="events">The events; empty for none.</param>
    /// <exception cref="InvalidOperationException">They do not follow on those kept: the log would have a gap.</exception>
    public static void Append(SqliteSession session, long response, EventPage events)
    {
        if (events.Count == 0)
            return;
        var last = session.First(LastSql, static row => (long?)row.GetInt64(0), response) ?? -1;

        // A commit that was said to have failed may have gone through all the same; whoever tries again has part of it here already.
        events = events.After(last);
        if (events.Count == 0)
            return;
        if (events.First != last + 1)
            throw new InvalidOperationException($"Event {events.First} does not follow on event {last}.");
        session.Execute(InsertSql, response, events.First, events.Count, SqliteValues.Blob(events.Frames));
    }

    /// <summary>Reads a response's events.</summary>
    /// <param name="session">A connection.</param>
    /// <param name="id">The response's id.</param>
    /// <param name="after">The sequence number behind which to begin.</param>
    /// <param name="maxBytes">No page is added that would make it more.</param>
    public static EventPage Read(SqliteSession session, string id, long after, int maxBytes)
    {
        var pages = new EventPages(after, maxBytes);
        session.Each(ReadSql, pages.Add, id, after + 1);
        return pages.ToPage();
    }

    private sealed class EventPages(long after, int maxBytes)
    {
        private readonly List<EventPage> _pages = [];
        private int _bytes;

        public bool Add(SqliteDataReader row)
        {
            if (_pages.Count > 0 && _bytes + row.GetInt64(2) > maxBytes)
                return false;
            var page = new EventPage(row.GetInt64(0), (int)row.GetInt64(1), row.GetFieldValue<byte[]>(3)).After(after);
            if (page.Count == 0)
                return true;
            _pages.Add(page);
            _bytes += page.Frames.Length;
            return _bytes < maxBytes;
        }

        public EventPage ToPage()
        {
            if (_pages.Count < 2)
                return _pages.Count == 0 ? new EventPage(after + 1, 0, default) : _pages[0];
            var frames = new byte[_bytes];
            var at = 0;
            foreach (var page in _pages)
            {
                page.Frames.CopyTo(frames.AsMemory(at));
                at += page.Frames.Length;
            }

            return new EventPage(_pages[0].First, (int)(_pages[^1].Last - _pages[0].First + 1), frames);
        }
    }
}
