using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.Engine.Contract.Engines;

/// <summary>What a whole log is to look like.</summary>
internal static class Logs
{
    private static readonly string[] Terminals = ["response.completed", "response.incomplete", "response.failed"];

    /// <summary>How many frames there are.</summary>
    public static int Count(ReadOnlyMemory<byte> frames) => frames.Span.Count("\n\n"u8);

    /// <summary>A log's events. Fails where their numbers have a gap, or another than the last is terminal.</summary>
    /// <param name="text">The whole log.</param>
    /// <param name="first">Its first event's number.</param>
    public static IReadOnlyList<JsonObject> Events(string text, long first = 0)
    {
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(frame => JsonNode.Parse(frame[(frame.IndexOf("data: ", StringComparison.Ordinal) + 6)..])!.AsObject()).ToList();
        for (var i = 0; i < events.Count; i++)
            Assert.Equal(first + i, (long)events[i]["sequence_number"]!);
        Assert.DoesNotContain(events.SkipLast(1), IsTerminal);
        return events;
    }

    /// <summary>The same, of a log that has ended.</summary>
    /// <returns>Its events; the last is the terminal one.</returns>
    public static IReadOnlyList<JsonObject> Ended(string text, long first = 0)
    {
        var events = Events(text, first);
        Assert.True(events.Count > 0 && IsTerminal(events[^1]), $"The log does not end: {text}");
        return events;
    }

    /// <summary>The part of a log behind an event.</summary>
    public static string Behind(string text, long sequence)
    {
        var at = 0;
        for (var i = 0; i <= sequence; i++)
            at = text.IndexOf("\n\n", at, StringComparison.Ordinal) + 2;
        return text[at..];
    }

    /// <summary>A terminal event's status.</summary>
    public static string Status(JsonObject terminal) => (string)terminal["response"]!["status"]!;

    /// <summary>Bytes as text.</summary>
    public static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    private static bool IsTerminal(JsonObject e) => Terminals.Contains((string)e["type"]!);
}
