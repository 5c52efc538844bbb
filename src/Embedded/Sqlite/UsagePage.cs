using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>The first records of those that are asked for, by their beginning and their id, out of what comes in about that order.</summary>
/// <param name="query">Which, and how many.</param>
/// <param name="after">The record behind which they begin; null for the first.</param>
internal sealed class UsagePage(UsageQuery query, UsageRecord? after)
{
    private static readonly Comparison<UsageRecord> Order = static (one, other) =>
        one.StartedAt.CompareTo(other.StartedAt) is var order and not 0 ? order : string.CompareOrdinal(one.Id, other.Id);

    private readonly List<UsageRecord> _found = [];

    /// <summary>From when on calls are asked for; null for all.</summary>
    public long? From
    {
        get
        {
            var from = query.From is { } first ? SqliteValues.Time(first) : (long?)null;
            return after is not null && SqliteValues.Time(after.StartedAt) is var time && !(from >= time) ? time : from;
        }
    }

    /// <summary>Until before when; null for all.</summary>
    public long? Until => query.Until is { } until ? SqliteValues.Time(until) : null;

    /// <summary>Adds records that are asked for.</summary>
    public void Add(IEnumerable<UsageRecord> records) => _found.AddRange(records);

    /// <summary>Adds what a segment has.</summary>
    /// <param name="firstAt">When its first call began; those of the segments that follow begin no sooner.</param>
    /// <param name="body">The segment.</param>
    /// <returns>Whether what follows can matter.</returns>
    public bool Add(long firstAt, ReadOnlySpan<byte> body)
    {
        if (_found.Count >= query.Limit)
        {
            Cut();
            if (_found.Count == 0 || firstAt > SqliteValues.Time(_found[^1].StartedAt))
                return false;
        }

        var segment = new UsageSegment(body);
        var (from, until) = (From ?? long.MinValue, Until ?? long.MaxValue);
        while (segment.Read())
        {
            if (segment.StartedAt < from || segment.StartedAt >= until || !segment.Shapes[segment.Shape].IsAsked(query))
                continue;
            var record = segment.ToRecord();
            if (after is null || Order(record, after) > 0)
                _found.Add(record);
        }

        return true;
    }

    /// <summary>The records.</summary>
    public IReadOnlyList<UsageRecord> All()
    {
        Cut();
        return _found;
    }

    private void Cut()
    {
        _found.Sort(Order);
        if (_found.Count > query.Limit)
            _found.RemoveRange(query.Limit, _found.Count - query.Limit);
    }
}
