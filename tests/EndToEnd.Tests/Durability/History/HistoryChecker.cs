using System.Text.Json;

namespace AiGateway.EndToEnd.Tests.Durability.History;

/// <summary>Holds what clients were told against what is there when all is over.</summary>
/// <param name="final">What is there, by the responses' ids; a response that is not there is missing.</param>
internal sealed class HistoryChecker(IReadOnlyDictionary<string, FinalState> final)
{
    private static readonly string[] Ended = ["completed", "incomplete", "failed", "cancelled"];

    private readonly List<string> _broken = [];

    /// <summary>Checks a whole history.</summary>
    /// <returns>What is wrong; empty where all is well.</returns>
    public IReadOnlyList<string> Check(Recorder history)
    {
        _broken.AddRange(history.Surprises);
        foreach (var response in history.Responses)
            Check(response);
        foreach (var (key, ids) in history.IdsOfKeys)
            Require(ids.Distinct(StringComparer.Ordinal).Count() <= 1, $"The key {key} was answered with several responses: {string.Join(", ", ids.Distinct(StringComparer.Ordinal))}.");
        return _broken;
    }

    private void Check(ToldResponse told)
    {
        foreach (var reading in told.Readings)
            CheckOrder(told, reading);

        if (!final.TryGetValue(told.Id, out var end))
        {
            // One of its client's call is kept when it ends; told of its beginning only, its client knows that its call broke.
            var isTold = told.Kind is CallKind.BackgroundStream or CallKind.Background || told.EndedBodies.Count > 0 || told.Readings.Exists(r => r.Frames.Any(f => f.IsTerminal));
            Require(!isTold, $"{told.Id} ({told.Name}) is lost.");
            return;
        }

        Require(Ended.Contains(end.Status, StringComparer.Ordinal), $"{told.Id} ({told.Name}) hangs as {end.Status}.");
        foreach (var body in told.EndedBodies)
            Require(body == end.Body, $"{told.Id} ({told.Name}) ended as\n{body}\nand is now\n{end.Body}");
        if (told.IsCancelAnswered)
            Require(told.EndedBodies.Count > 0, $"{told.Id} ({told.Name}) was cancelled, and nobody was told its end.");
        if (told.Kind == CallKind.BackgroundStream)
            CheckLog(told, end);
        else if (told.Kind == CallKind.ForegroundStream)
            CheckEnds(told, end.Body, told.Readings.SelectMany(r => r.Frames));
    }

    // What came over one connection: from where it began, one after the other, and nothing behind the end.
    private void CheckOrder(ToldResponse told, Reading reading)
    {
        for (var i = 0; i < reading.Frames.Count; i++)
        {
            var expected = reading.After + 1 + i;
            if (reading.Frames[i].Sequence == expected)
                continue;
            _broken.Add($"{told.Id} ({told.Name}): event {reading.Frames[i].Sequence} came where {expected} was due.");
            break;
        }

        Require(!reading.Frames.SkipLast(1).Any(f => f.IsTerminal), $"{told.Id} ({told.Name}) went on behind its end.");
        Require(!reading.IsWhole || reading.Frames.Count == 0 || reading.Frames[^1].IsTerminal, $"{told.Id} ({told.Name}): a stream ended in order before the response did.");
    }

    private void CheckLog(ToldResponse told, FinalState end)
    {
        if (end.Log is not { } log)
        {
            _broken.Add($"{told.Id} ({told.Name}) has no events to give any more.");
            return;
        }

        CheckOrder(told, log);
        Require(log.After == -1 && log.IsWhole, $"{told.Id} ({told.Name}): its events do not end.");
        Require(log.Frames.Count(f => f.IsTerminal) == 1, $"{told.Id} ({told.Name}) has {log.Frames.Count(f => f.IsTerminal)} ends.");
        var kept = log.Frames.DistinctBy(f => f.Sequence).ToDictionary(f => f.Sequence, f => f.Text);
        foreach (var frame in told.Readings.SelectMany(r => r.Frames))
        {
            if (!kept.TryGetValue(frame.Sequence, out var text))
                _broken.Add($"{told.Id} ({told.Name}): event {frame.Sequence} was told and is not there: {frame.Text}");
            else if (text != frame.Text)
                _broken.Add($"{told.Id} ({told.Name}): event {frame.Sequence} was\n{frame.Text}and is now\n{text}");
        }

        CheckEnds(told, end.Body, log.Frames);
    }

    // A terminal event carries the response as it is from then on.
    private void CheckEnds(ToldResponse told, string body, IEnumerable<Frame> frames)
    {
        foreach (var frame in frames.Where(f => f.IsTerminal))
        {
            using var json = JsonDocument.Parse(frame.Text.AsMemory(frame.Text.IndexOf("data: ", StringComparison.Ordinal) + 6));
            Require(json.RootElement.GetProperty("response").GetRawText() == body, $"{told.Id} ({told.Name}) ended with\n{frame.Text}and is now\n{body}");
        }
    }

    private void Require(bool isSo, string otherwise)
    {
        if (!isSo)
            _broken.Add(otherwise);
    }
}
