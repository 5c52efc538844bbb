using System.Globalization;
using AiGateway.Engine;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>Reads the pages that a response's events are kept in.</summary>
internal static class RedisEvents
{
    private const int AtOnce = 64;

    /// <summary>Reads events behind one, as <see cref="IResponseStore.ReadEventsAsync"/> does.</summary>
    public static async Task<EventPage> ReadAsync(IDatabase database, RedisKey key, long after, int maxBytes)
    {
        var pages = new List<EventPage>();
        var bytes = 0;

        // From the page that holds the event, where one does, on.
        var begins = await database.StreamRangeAsync(key, "-", Number(after + 2), count: 1, messageOrder: Order.Descending);
        var from = begins.Length == 0 ? (RedisValue)"-" : begins[0].Id;
        while (true)
        {
            var entries = await database.StreamRangeAsync(key, from, "+", AtOnce);
            foreach (var entry in entries)
            {
                var page = Page(entry).After(after);
                if (page.Count == 0)
                    continue;
                if (pages.Count > 0 && bytes + page.Frames.Length > maxBytes)
                    return Joined(pages, bytes, after);
                pages.Add(page);
                bytes += page.Frames.Length;
            }

            if (entries.Length < AtOnce || bytes >= maxBytes)
                return Joined(pages, bytes, after);
            from = "(" + (string)entries[^1].Id!;
        }
    }

    private static EventPage Page(StreamEntry entry)
    {
        var id = ((string)entry.Id!).Split('-');
        return new EventPage(
            long.Parse(id[0], CultureInfo.InvariantCulture) - 1, int.Parse(id[1], CultureInfo.InvariantCulture), (byte[])entry.Values[0].Value!);
    }

    private static EventPage Joined(List<EventPage> pages, int bytes, long after)
    {
        if (pages.Count < 2)
            return pages.Count == 0 ? new EventPage(after + 1, 0, default) : pages[0];
        var frames = new byte[bytes];
        var at = 0;
        foreach (var page in pages)
        {
            page.Frames.CopyTo(frames.AsMemory(at));
            at += page.Frames.Length;
        }

        return new EventPage(pages[0].First, (int)(pages[^1].Last - pages[0].First + 1), frames);
    }

    private static RedisValue Number(long number) => ResponseFields.Number(number);
}
