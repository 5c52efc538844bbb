using AiGateway.EndToEnd.Tests.Durability.History;

namespace AiGateway.EndToEnd.Tests.Durability;

/// <summary>A checker that lets something pass is worth nothing: each kind of damage, done to a history that is well.</summary>
public sealed class HistoryCheckerTests
{
    private const string Completed = """{"id":"resp_1","status":"completed"}""";

    private readonly Recorder _history = new();
    private readonly Dictionary<string, FinalState> _final = new(StringComparer.Ordinal);
    private readonly ToldResponse _told;
    private readonly Reading _first = new(-1);
    private readonly Reading _second = new(2);
    private readonly Reading _log = new(-1) { IsWhole = true };

    public HistoryCheckerTests()
    {
        _told = _history.Told("resp_1", "r1", CallKind.BackgroundStream);
        _told.Readings.AddRange([_first, _second]);
        _told.EndedBodies.Add(Completed);
        for (var i = 0; i < 6; i++)
        {
            _log.Add(At(i));
            (i < 3 ? _first : _second).Add(At(i));
        }

        _second.IsWhole = true;
        _final["resp_1"] = new FinalState("completed", Completed, _log);
        _history.Key("key", "resp_1");
        _history.Key("key", "resp_1");
    }

    [Fact]
    public void A_history_that_is_well_passes() => Assert.Empty(Check());

    [Fact]
    public void A_gap_is_found() => Finds("event 6 came where 5 was due", () => Resumed(after: 3, 4, 6));

    [Fact]
    public void An_event_that_came_twice_is_found() => Finds("event 4 came where 5 was due", () => Resumed(after: 3, 4, 4));

    [Fact]
    public void A_resumption_that_begins_too_early_is_found() => Finds("event 3 came where 4 was due", () => Resumed(after: 3, 3, 4));

    [Fact]
    public void An_event_with_other_bytes_is_found() => Finds("event 1 was", () => Reread(new Frame(1, "delta", "event: delta\ndata: {\"other\":1}\n\n"), at: 1));

    [Fact]
    public void An_event_that_is_not_kept_is_found()
    {
        var longer = new Reading(4);
        longer.Add(At(5, type: "delta"));
        longer.Add(At(6, type: "delta"));
        Finds("event 6 was told and is not there", () => _told.Readings.Add(longer));
    }

    [Fact]
    public void A_second_end_is_found() => Finds("has 2 ends", () => _log.Add(At(6, type: "response.failed")));

    [Fact]
    public void A_log_without_an_end_is_found() => Finds("has 0 ends", () => _final["resp_1"] = new FinalState("completed", Completed, Logged(5)));

    [Fact]
    public void A_stream_that_ends_before_its_response_is_found() => Finds("ended in order before", () => _first.IsWhole = true);

    [Fact]
    public void A_response_that_is_lost_is_found() => Finds("is lost", () => _final.Clear());

    [Fact]
    public void A_response_that_hangs_is_found() => Finds("hangs as in_progress", () => _final["resp_1"] = _final["resp_1"] with { Status = "in_progress" });

    [Fact]
    public void An_end_that_changed_is_found() => Finds("and is now", () => _final["resp_1"] = _final["resp_1"] with { Body = """{"id":"resp_1","status":"failed"}""" });

    [Fact]
    public void A_body_that_is_not_the_last_events_is_found()
    {
        _told.EndedBodies.Clear();
        Finds("ended with", () => _final["resp_1"] = _final["resp_1"] with { Body = """{"id":"resp_1","status":"failed"}""" });
    }

    [Fact]
    public void Events_that_are_gone_are_found() => Finds("no events", () => _final["resp_1"] = _final["resp_1"] with { Log = null });

    [Fact]
    public void A_key_with_two_responses_is_found() => Finds("several responses", () => _history.Key("key", "resp_2"));

    [Fact]
    public void A_cancel_without_an_end_is_found()
    {
        _told.EndedBodies.Clear();
        Finds("nobody was told its end", () => _told.IsCancelAnswered = true);
    }

    [Fact]
    public void A_surprise_is_found() => Finds("500", () => _history.Surprise("500"));

    [Fact]
    public void A_foreground_response_that_was_answered_and_is_lost_is_found() =>
        Finds("resp_2 (r2) is lost", () => _history.Told("resp_2", "r2", CallKind.Foreground).EndedBodies.Add("{}"));

    [Fact]
    public void A_foreground_response_whose_call_broke_may_be_gone()
    {
        _history.Told("resp_2", "r2", CallKind.ForegroundStream);

        Assert.Empty(Check());
    }

    private static Frame At(int sequence, string? type = null)
    {
        type ??= sequence == 5 ? "response.completed" : "delta";
        return new Frame(sequence, type, $"event: {type}\ndata: {{\"sequence_number\":{sequence},\"response\":{Completed}}}\n\n");
    }

    private static Reading Logged(int events)
    {
        var log = new Reading(-1) { IsWhole = true };
        for (var i = 0; i < events; i++)
            log.Add(At(i));
        return log;
    }

    private void Resumed(long after, params int[] sequences)
    {
        var reading = new Reading(after);
        foreach (var sequence in sequences)
            reading.Add(At(sequence, type: "delta"));
        _told.Readings.Add(reading);
    }

    private void Reread(Frame frame, int at)
    {
        var reading = new Reading(at - 1);
        reading.Add(frame);
        _told.Readings.Add(reading);
    }

    private void Finds(string what, Action damage)
    {
        damage();
        Assert.Contains(Check(), broken => broken.Contains(what, StringComparison.Ordinal));
    }

    private IReadOnlyList<string> Check() => new HistoryChecker(_final).Check(_history);
}
