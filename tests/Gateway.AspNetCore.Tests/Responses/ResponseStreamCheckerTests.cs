using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>The checker is worth what it refuses: a right stream, spoiled in one place, does not pass.</summary>
public sealed class ResponseStreamCheckerTests
{
    public static TheoryData<string> Spoilers =>
    [
        "no end mark", "two end marks", "no terminal event", "two terminal events", "no created", "no in_progress", "a gap", "another name", "an item event after the end",
        "no item added", "no item done", "no part added", "no part done", "no text done", "a delta lost", "two deltas swapped", "another item id", "another output index",
        "another content index", "another text done", "another part done", "another item done", "another final text", "another response id", "usage too early",
        "wrong total", "incomplete item", "an error without a failure", "an event id", "reasoning with null content",
    ];

    [Theory]
    [MemberData(nameof(Spoilers))]
    public async Task A_spoiled_stream_is_refused(string how)
    {
        await using var served = await Served.ByChatAsync(Chat.Reasoning("One and one.", "Two, I say."));
        var frames = await served.Gateway.PostStreamAsync("/v1/responses", """{"model":"m","input":"Hello","stream":true}""");
        ResponseStreamChecker.Check(frames);

        Assert.ThrowsAny<Exception>(() => ResponseStreamChecker.Check(Spoil(frames, how)));
    }

    private static List<SseItem<string>> Spoil(List<SseItem<string>> frames, string how)
    {
        switch (how)
        {
            case "no end mark":
                return frames[..^1];
            case "two end marks":
                return [.. frames, frames[^1]];
            case "no terminal event":
                return [.. frames[..^2], frames[^1]];
            case "two terminal events":
                return Numbered([.. frames[..^1], frames[^2], frames[^1]]);
            case "an item event after the end":
                return Numbered([.. frames[..^1], frames[2], frames[^1]]);
            case "no created":
                return Without(frames, "response.created");
            case "no in_progress":
                return Without(frames, "response.in_progress");
            case "no item added":
                return Without(frames, "response.output_item.added");
            case "no item done":
                return Without(frames, "response.output_item.done");
            case "no part added":
                return Without(frames, "response.content_part.added");
            case "no part done":
                return Without(frames, "response.content_part.done");
            case "no text done":
                return Without(frames, "response.output_text.done");
            case "a delta lost":
                return Without(frames, "response.output_text.delta");
            case "two deltas swapped":
                var at = frames.FindIndex(frame => frame.EventType == "response.output_text.delta");
                return Numbered([.. frames[..at], frames[at + 1], frames[at], .. frames[(at + 2)..]]);
            case "an event id":
                return [new(frames[0].Data, frames[0].EventType) { EventId = "1" }, .. frames[1..]];
            case "another name":
                return [new(frames[0].Data, "response.queued"), .. frames[1..]];
            case "a gap":
                return Change(frames, "response.completed", e => e["sequence_number"] = e["sequence_number"]!.GetValue<int>() + 1);
            case "another item id":
                return Change(frames, "response.output_text.delta", e => e["item_id"] = e["item_id"] + "0");
            case "another output index":
                return Change(frames, "response.output_text.delta", e => e["output_index"] = 0);
            case "another content index":
                return Change(frames, "response.output_text.delta", e => e["content_index"] = 1);
            case "another text done":
                return Change(frames, "response.output_text.done", e => e["text"] = "Three.");
            case "another part done":
                return Change(frames, "response.content_part.done", e => e["part"]!["text"] = "Three.");
            case "another item done":
                return Change(frames, "response.output_item.done", e => e["item"]!["content"]![0]!["text"] = "Three.");
            case "another final text":
                return Change(frames, "response.completed", e => e["response"]!["output"]![1]!["content"]![0]!["text"] = "Three.");
            case "another response id":
                return Change(frames, "response.completed", e => e["response"]!["id"] = "resp_" + new string('0', 48));
            case "usage too early":
                return Change(frames, "response.in_progress", e => e["response"]!["usage"] = JsonNode.Parse(frames[^2].Data)!["response"]!["usage"]!.DeepClone());
            case "wrong total":
                return Change(frames, "response.completed", e => e["response"]!["usage"]!["total_tokens"] = 1);
            case "incomplete item":
                return Change(frames, "response.completed", e => e["response"]!["output"]![1]!["status"] = "incomplete");
            case "an error without a failure":
                return Numbered([.. frames[..^2], new("""{"type":"error","code":null,"message":"m","param":null,"error":{"type":"t","code":null,"message":"m","param":null}}""", "error"), .. frames[^2..]]);
            default:
                return Change(frames, "response.output_item.added", e => e["item"]!["content"] = null);
        }
    }

    private static List<SseItem<string>> Without(List<SseItem<string>> frames, string type)
    {
        var at = frames.FindIndex(frame => frame.EventType == type);
        return Numbered([.. frames[..at], .. frames[(at + 1)..]]);
    }

    private static List<SseItem<string>> Change(List<SseItem<string>> frames, string type, Action<JsonObject> change)
    {
        var at = frames.FindIndex(frame => frame.EventType == type);
        var streamed = JsonNode.Parse(frames[at].Data)!.AsObject();
        change(streamed);
        return [.. frames[..at], new(streamed.ToJsonString(), type), .. frames[(at + 1)..]];
    }

    // So that it is not the numbers that give the spoiled stream away.
    private static List<SseItem<string>> Numbered(List<SseItem<string>> frames) => [.. frames.Select((frame, i) =>
    {
        if (frame.Data == "[DONE]")
            return frame;
        var streamed = JsonNode.Parse(frame.Data)!.AsObject();
        streamed["sequence_number"] = i;
        return new SseItem<string>(streamed.ToJsonString(), frame.EventType);
    })];
}
