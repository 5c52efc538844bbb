using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>An output item from <c>output_item.added</c> to <c>output_item.done</c>.</summary>
internal sealed class ItemLife
{
    private readonly JsonObject _opening;
    private readonly List<PartLife> _content = [];
    private readonly List<PartLife> _summary = [];
    private readonly StringBuilder _input = new();
    private bool _inputDone;

    public ItemLife(JsonObject opening)
    {
        _opening = opening;
        ItemRules.Check(opening);
        if (Type is "message" or "function_call")
            Assert.Equal("in_progress", opening["status"]!.GetValue<string>());
        foreach (var list in (string[])["content", "summary"])
            Assert.True(opening[list] is not JsonArray { Count: > 0 }, $"An item opens with {list}.");
        foreach (var text in (string[])["arguments", "input"])
            Assert.True(opening[text] is null || opening[text]!.GetValue<string>().Length == 0, $"An item opens with {text}.");
    }

    public string Id => _opening["id"]!.GetValue<string>();

    /// <summary>The item as its done event has it; null while open.</summary>
    public JsonObject? Done { get; private set; }

    public bool IsDone => Done is not null;

    private string Type => _opening["type"]!.GetValue<string>();

    /// <summary>Whether an event must belong to an item.</summary>
    public static bool Knows(string type) =>
        type.Split('.') is [_, "content_part" or "output_text" or "refusal" or "reasoning" or "reasoning_text" or "reasoning_summary_part"
            or "reasoning_summary_text" or "function_call_arguments" or "custom_tool_call_input" or "output_item", ..];

    /// <summary>Takes an event of the item's middle.</summary>
    public void Add(string type, JsonObject streamed)
    {
        switch (type)
        {
            case "response.content_part.added":
                Open(_content, streamed, "content_index", Type == "reasoning" ? ["reasoning_text"] : ["output_text", "refusal"]);
                break;
            case "response.reasoning_summary_part.added":
                Open(_summary, streamed, "summary_index", "summary_text");
                break;
            case "response.output_text.delta":
                Content(streamed, "output_text").AddDelta(streamed);
                break;
            case "response.refusal.delta":
                Content(streamed, "refusal").AddDelta(streamed);
                break;
            case "response.reasoning.delta" or "response.reasoning_text.delta":
                Content(streamed, "reasoning_text").AddDelta(streamed);
                break;
            case "response.reasoning_summary_text.delta":
                Current(_summary, streamed, "summary_index", "summary_text").AddDelta(streamed);
                break;
            case "response.output_text.annotation.added":
                Content(streamed, "output_text").AddAnnotation(streamed);
                break;
            case "response.output_text.done":
                Content(streamed, "output_text").FinishText(streamed);
                break;
            case "response.refusal.done":
                Content(streamed, "refusal").FinishText(streamed);
                break;
            case "response.reasoning.done" or "response.reasoning_text.done":
                Content(streamed, "reasoning_text").FinishText(streamed);
                break;
            case "response.reasoning_summary_text.done":
                Current(_summary, streamed, "summary_index", "summary_text").FinishText(streamed);
                break;
            case "response.content_part.done":
                FinishPart(_content, streamed, "content_index");
                break;
            case "response.reasoning_summary_part.done":
                FinishPart(_summary, streamed, "summary_index");
                break;
            case "response.function_call_arguments.delta" or "response.custom_tool_call_input.delta":
                Assert.False(_inputDone, "A delta after the arguments were done.");
                _input.Append(streamed["delta"]!.GetValue<string>());
                break;
            case "response.function_call_arguments.done":
                FinishInput(streamed["arguments"]!.GetValue<string>());
                break;
            case "response.custom_tool_call_input.done":
                FinishInput(streamed["input"]!.GetValue<string>());
                break;
        }
    }

    /// <summary>Takes the item's end.</summary>
    public void Finish(JsonObject item)
    {
        Done = item;
        ItemRules.Check(item);
        foreach (var same in (string[])["id", "type", "role", "call_id", "name"])
            Assert.True(JsonNode.DeepEquals(_opening[same], item[same]), $"'{same}' changed.");
        if (Type is "message" or "function_call")
            Assert.Contains(item["status"]!.GetValue<string>(), (string[])["completed", "incomplete"]);
        CheckParts(_content, item["content"]);
        CheckParts(_summary, item["summary"]);
        if (Type is not ("function_call" or "custom_tool_call"))
            return;
        Assert.True(_inputDone, "The call is done before its arguments.");
        Assert.Equal(_input.ToString(), item[Type == "function_call" ? "arguments" : "input"]!.GetValue<string>());
    }

    private static void Open(List<PartLife> parts, JsonObject streamed, string index, params string[] kinds)
    {
        Assert.Equal(parts.Count, streamed[index]!.GetValue<int>());
        Assert.True(parts.Count == 0 || parts[^1].Done is not null, "The part before is still open.");
        ItemRules.CheckPart(streamed["part"]!.AsObject(), kinds);
        parts.Add(new PartLife(streamed["part"]!.AsObject()));
    }

    private static PartLife Current(List<PartLife> parts, JsonObject streamed, string index, string? kind)
    {
        var at = streamed[index]!.GetValue<int>();
        Assert.True(at == parts.Count - 1, $"No part {at} is open.");
        Assert.Null(parts[at].Done);
        Assert.True(kind is null || parts[at].Type == kind, $"The open part is {parts[at].Type}.");
        return parts[at];
    }

    private static void FinishPart(List<PartLife> parts, JsonObject streamed, string index) =>
        Current(parts, streamed, index, null).Finish(streamed["part"]!.AsObject());

    private static void CheckParts(List<PartLife> parts, JsonNode? told)
    {
        Assert.All(parts, part => Assert.NotNull(part.Done));
        Assert.True(JsonNode.DeepEquals(new JsonArray([.. parts.Select(part => part.Done!.DeepClone())]), told ?? new JsonArray()), "The parts are not those that were done.");
    }

    private PartLife Content(JsonObject streamed, string kind) => Current(_content, streamed, "content_index", kind);

    private void FinishInput(string input)
    {
        Assert.False(_inputDone, "Done twice.");
        _inputDone = true;
        Assert.Equal(_input.ToString(), input);
    }
}
