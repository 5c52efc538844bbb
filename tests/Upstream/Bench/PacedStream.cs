using System.Diagnostics;
using System.Globalization;

namespace AiGateway.Upstream;

/// <summary>How many content deltas, how far apart.</summary>
public sealed record Pace(int Count, TimeSpan Interval)
{
    /// <summary>Whether each says when it was sent: <c>"d{i}@{t} "</c>, with t in ticks of the stopwatch, which is one for all processes of a Linux machine.</summary>
    public bool IsTimed { get; init; }
}

/// <summary>
/// A chat stream in even time: a role chunk at once, delta <c>i</c> with the text <c>"d{i} "</c>, timed or not, due at start + i × interval, each flushed by itself. Whoever
/// calls sends the ending: finish chunk, usage chunk where asked, <c>[DONE]</c>. Due times are taken from the start, so the stream does not drift.
/// </summary>
internal static class PacedStream
{
    public const string HeaderName = "x-bench-paced";
    private const string ModelPrefix = "paced-";
    private const string Timed = "timed";

    /// <summary>The pace a request asks for: header <c>N,MS</c>, or a model named <c>paced-N-MS</c> or <c>paced-N-MS-timed</c>; null where neither.</summary>
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
            await send(BenchPayloads.Delta(pace.IsTimed ? string.Create(CultureInfo.InvariantCulture, $"d{i}@{Stopwatch.GetTimestamp()} ") : $"d{i} ", usage));
        }
    }

    private static Pace? Parse(string[] parts) =>
        parts is [var first, var second, .. var rest] && rest is [] or [Timed] && Number(first) is { } count && Number(second) is { } milliseconds
            ? new Pace(count, TimeSpan.FromMilliseconds(milliseconds)) { IsTimed = rest.Length > 0 }
            : null;

    private static int? Number(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
