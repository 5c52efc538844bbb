using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Sums up what segments have of the calls that are asked for: first by what stands in a segment once, then by what is asked.</summary>
internal static class UsageSegmentSums
{
    private const long Hour = 60 * 60 * 1000;

    /// <summary>Adds what a segment has.</summary>
    /// <param name="query">Which calls.</param>
    /// <param name="body">The segment.</param>
    /// <param name="groups">Where it is added.</param>
    public static void Add(UsageQuery query, ReadOnlySpan<byte> body, UsageGroups groups)
    {
        var segment = new UsageSegment(body);
        var isAsked = Array.ConvertAll(segment.Shapes, shape => shape.IsAsked(query));
        if (!isAsked.AsSpan().Contains(true))
            return;
        var from = query.From is { } first ? SqliteValues.Time(first) : long.MinValue;
        var until = query.Until is { } end ? SqliteValues.Time(end) : long.MaxValue;

        // No group has less of the time in common than an hour.
        var sums = new Sum[isAsked.Length];
        var hour = long.MinValue;
        while (segment.Read())
        {
            var shape = segment.Shape;
            if (!isAsked[shape] || segment.StartedAt < from || segment.StartedAt >= until)
                continue;
            if (segment.StartedAt / Hour != hour)
            {
                AddAll(segment.Shapes, sums, hour, groups);
                hour = segment.StartedAt / Hour;
            }

            ref var sum = ref sums[shape];
            sum.Requests++;
            sum.Errors += segment.Shapes[shape].Outcome == "failed" ? 1 : 0;
            sum.Input += segment.InputTokens;
            sum.Cached += segment.CachedTokens;
            sum.Output += segment.OutputTokens;
            sum.Reasoning += segment.ReasoningTokens;
            sum.Estimated += segment.IsEstimated ? segment.InputTokens + segment.OutputTokens : 0;
            sum.Cost += segment.Cost;
        }

        AddAll(segment.Shapes, sums, hour, groups);
    }

    private static void AddAll(UsageShape[] shapes, Sum[] sums, long hour, UsageGroups groups)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i].Requests > 0)
                groups.Add(shapes[i].ToRecord(hour * Hour), sums[i].ToUsage());
        }

        Array.Clear(sums);
    }

    private record struct Sum(long Requests, long Errors, long Input, long Cached, long Output, long Reasoning, long Estimated, long Cost)
    {
        public readonly UsageSum ToUsage() => new([], Requests, Errors, Input, Cached, Output, Reasoning, Estimated, UsageRows.Money(Cost));
    }
}
