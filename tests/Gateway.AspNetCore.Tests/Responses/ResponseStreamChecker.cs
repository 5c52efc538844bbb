using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>
/// Follows a response's events as a strict client would (<c>spec/responses.md</c> §10) and fails at the first that is out of order, does not fit what
/// came before, or contradicts it: numbers, names, the lives of response, items and parts, sums of deltas, ids, the terminal object, the end mark.
/// </summary>
internal sealed class ResponseStreamChecker
{
    private readonly bool _tellsErrors;
    private readonly List<JsonObject> _events = [];
    private readonly List<ItemLife> _items = [];
    private JsonObject? _created;
    private JsonObject? _error;
    private bool _ended;

    private ResponseStreamChecker(bool tellsErrors) => _tellsErrors = tellsErrors;

    /// <summary>Checks a stream from its first frame to its last.</summary>
    public static ResponseStream Check(IReadOnlyList<SseItem<string>> frames)
    {
        Assert.NotEmpty(frames);
        Assert.Equal("[DONE]", frames[^1].Data);
        var checker = new ResponseStreamChecker(tellsErrors: true);
        foreach (var frame in frames.SkipLast(1))
            checker.Add(frame);
        Assert.True(checker._ended, $"No terminal event; the last is {frames[^2].EventType}.");
        return new ResponseStream(checker._events);
    }

    /// <summary>Checks the messages of a turn on a WebSocket: no names, no end mark, and no error event before a failed end.</summary>
    public static ResponseStream CheckTurn(IReadOnlyList<string> messages)
    {
        var checker = new ResponseStreamChecker(tellsErrors: false);
        foreach (var message in messages)
            checker.Add(new SseItem<string>(message, JsonNode.Parse(message)!["type"]!.GetValue<string>()));
        Assert.True(checker._ended, "No terminal event.");
        return new ResponseStream(checker._events);
    }

    private void Add(SseItem<string> frame)
    {
        var streamed = JsonNode.Parse(frame.Data)!.AsObject();
        var type = streamed["type"]!.GetValue<string>();
        try
        {
            Assert.Equal(type, frame.EventType);
            Assert.Null(frame.EventId);
            Assert.Equal(_events.Count, streamed["sequence_number"]!.GetValue<int>());
            Assert.False(_ended, "An event after the terminal one.");
            Assert.True(_error is null || type == "response.failed", "After an error only response.failed may follow.");
            Assert.True(type == "error" || !streamed.ContainsKey("error"), "Clients take a top-level 'error' for the stream's end.");
            Step(type, streamed);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Event {_events.Count}, {frame.Data}: {e.Message}", e);
        }

        _events.Add(streamed);
    }

    private void Step(string type, JsonObject streamed)
    {
        // One in the background waits first, and may be cancelled while it does.
        string[] beginning = IsBackground ? ["response.created", "response.queued", "response.in_progress"] : ["response.created", "response.in_progress"];
        if (_events.Count < beginning.Length)
            Assert.True(type == beginning[_events.Count] || (_events.Count == 2 && type == "response.failed"), $"Not {beginning[_events.Count]}.");
        else
            Assert.DoesNotContain(type, beginning);

        switch (type)
        {
            case "response.created" when streamed["response"]!["background"]!.GetValue<bool>():
            case "response.queued":
                CheckSnapshot(streamed, "queued");
                break;
            case "response.created" or "response.in_progress":
                CheckSnapshot(streamed, "in_progress");
                break;
            case "response.failed" when IsBackground && streamed["response"]!["status"]!.GetValue<string>() == "cancelled":
                CheckSnapshot(streamed, "cancelled");
                _ended = true;
                break;
            case "response.completed" or "response.incomplete" or "response.failed":
                CheckSnapshot(streamed, type["response.".Length..]);
                CheckEnd(streamed["response"]!.AsObject());
                _ended = true;
                break;
            case "error":
                CheckError(streamed);
                _error = streamed;
                break;
            case "response.output_item.added":
                Assert.Equal(_items.Count, streamed["output_index"]!.GetValue<int>());
                var opened = new ItemLife(streamed["item"]!.AsObject());
                Assert.DoesNotContain(_items, item => item.Id == opened.Id);
                _items.Add(opened);
                break;
            default:
                CheckItemEvent(type, streamed);
                break;
        }
    }

    private bool IsBackground => _created?["background"]!.GetValue<bool>() == true;

    private void CheckSnapshot(JsonObject streamed, string status)
    {
        var response = streamed["response"]!.AsObject();
        ResponseRules.Check(response);
        Assert.Equal(status, response["status"]!.GetValue<string>());
        _created ??= response;
        foreach (var (key, value) in response)
        {
            if (key is not ("status" or "output" or "usage" or "completed_at" or "error" or "incomplete_details" or "service_tier"))
                Assert.True(JsonNode.DeepEquals(_created[key], value), $"'{key}' changed.");
        }
    }

    private static void CheckError(JsonObject streamed)
    {
        var error = streamed["error"]!.AsObject();
        foreach (var key in (string[])["type", "code", "message", "param"])
            Assert.True(error.ContainsKey(key), $"The error lacks '{key}'.");
        Assert.NotEmpty(error["type"]!.GetValue<string>());
        Assert.NotEmpty(error["message"]!.GetValue<string>());

        // The same, flat, for OpenAI's clients.
        foreach (var key in (string[])["code", "message", "param"])
            Assert.True(streamed.ContainsKey(key) && JsonNode.DeepEquals(error[key], streamed[key]), $"The flat '{key}' differs.");
    }

    private void CheckItemEvent(string type, JsonObject streamed)
    {
        if (streamed["output_index"] is not { } index)
        {
            Assert.False(ItemLife.Knows(type), "Without output_index.");
            return;
        }

        var item = _items[index.GetValue<int>()];
        Assert.False(item.IsDone, "The item is done.");
        if (type == "response.output_item.done")
        {
            item.Finish(streamed["item"]!.AsObject());
            return;
        }

        Assert.Equal(item.Id, streamed["item_id"]!.GetValue<string>());
        item.Add(type, streamed);
    }

    private void CheckEnd(JsonObject response)
    {
        var failed = response["status"]!.GetValue<string>() == "failed";
        Assert.True((failed && _tellsErrors) == (_error is not null), "An error event goes with a failed response, and only with it.");
        if (_error is not null)
            Assert.Equal(_error!["message"]!.GetValue<string>(), response["error"]!["message"]!.GetValue<string>());
        var output = response["output"]!.AsArray();
        foreach (var item in _items.Where(item => !item.IsDone))
            Assert.True(failed, $"Item {item.Id} was never done.");

        // What was cut off by a failure may be left out, but nothing that was done, and nothing may be new.
        var told = _items.Where(item => item.IsDone || output.Any(o => o!["id"]!.GetValue<string>() == item.Id)).ToList();
        Assert.Equal(told.Select(item => item.Id), output.Select(item => item!["id"]!.GetValue<string>()));
        for (var i = 0; i < told.Count; i++)
        {
            if (told[i].Done is { } done)
                Assert.True(JsonNode.DeepEquals(done, output[i]), $"Item {i} is not what its done event said: {output[i]!.ToJsonString()}");
            else
                Assert.Equal("incomplete", output[i]!["status"]!.GetValue<string>());
        }

        if (response["status"]!.GetValue<string>() == "incomplete" && output.Count > 0 && output[^1]!["status"] is { } last)
            Assert.Equal("incomplete", last.GetValue<string>());
    }
}
