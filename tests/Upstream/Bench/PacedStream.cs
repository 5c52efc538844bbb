using System.Diagnostics;
using System.Globalization;

namespace AiGateway.Upstream;

/// <summary>How many content deltas, how far apart.</summary>
public sealed record Pace(int Count, TimeSpan Interval);

/// <summary>
/// A chat stream in even time: a role chunk at once, delta <c>i</c> with the text <c>"d{i} "</c> due at start + i × interval, each flushed by itself. Whoever
/// calls sends the ending: finish chunk, usage chunk where asked, <c>[DONE]</c>. Due times are taken from the start, so the stream does not drift.
/// </summary>
internal static class PacedStream
{
    public const string HeaderName = "x-bench-paced";
    private const string ModelPrefix = "paced-";

    /// <summary>The pace a request asks for: header <c>N,MS</c>, or a model named <c>paced-N-MS</c>; null where neither.</summary>
    public static Pace? Asked(string? model, string? header)
    {
        if (header is not null) return Parse(header.Split(','));
        return model is not null && model.StartsWith(ModelPrefix, StringComparison.Ordinal) ? Parse(model[ModelPrefix.Length..].Split('-')) : null;
    }

    public static async Task WriteAsync(Pace pace, bool usage, Func<ReadOnlyMemory<byte>, Task> send, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        await send(BenchPayloads.RoleChunk(usage));
        for (var i = 0; i < pace.Count; i++)
        {
            var early = (pace.Interval * i) - Stopwatch.GetElapsedTime(start);

            // A timer counts whole milliseconds and may fire one too soon.
            if (early > TimeSpan.FromMilliseconds(0.5)) await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(early.TotalMilliseconds)), cancellation);
            await send(BenchPayloads.Delta($"d{i} ", usage));
        }
    }

    private static Pace? Parse(string[] parts) =>
        parts.Length == 2 && Number(parts[0]) is { } count && Number(parts[1]) is { } milliseconds ? new Pace(count, TimeSpan.FromMilliseconds(milliseconds)) : null;

    private static int? Number(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
