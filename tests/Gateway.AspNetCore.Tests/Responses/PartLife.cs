using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>A content or summary part: opened empty, grown by deltas, its text done, itself done.</summary>
internal sealed class PartLife
{
    private readonly StringBuilder _text = new();
    private readonly JsonArray _annotations = [];
    private readonly JsonArray _logprobs = [];
    private bool _textDone;

    public PartLife(JsonObject opening)
    {
        Type = opening["type"]!.GetValue<string>();
        Assert.Equal("", opening[TextName]!.GetValue<string>());
        foreach (var list in (string[])["annotations", "logprobs"])
            Assert.True(opening[list] is not JsonArray { Count: > 0 }, $"A part opens with {list}.");
    }

    public string Type { get; }

    /// <summary>The part as its done event has it; null while open.</summary>
    public JsonObject? Done { get; private set; }

    private string TextName => Type == "refusal" ? "refusal" : "text";

    public void AddDelta(JsonObject streamed)
    {
        Assert.False(_textDone, "A delta after the text was done.");
        _text.Append(streamed["delta"]!.GetValue<string>());
        foreach (var entry in Logprobs(streamed))
            _logprobs.Add(entry!.DeepClone());
    }

    public void AddAnnotation(JsonObject streamed)
    {
        Assert.False(_textDone, "An annotation after the text was done.");
        Assert.Equal(_annotations.Count, streamed["annotation_index"]!.GetValue<int>());
        _annotations.Add(streamed["annotation"]!.DeepClone());
    }

    public void FinishText(JsonObject streamed)
    {
        Assert.False(_textDone, "Done twice.");
        _textDone = true;
        Assert.Equal(_text.ToString(), streamed[TextName]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(_logprobs, Logprobs(streamed)), "The log probabilities are not those of the deltas.");
    }

    public void Finish(JsonObject part)
    {
        Assert.True(_textDone, "The part is done before its text.");
        Assert.Null(Done);
        Done = part;
        ItemRules.CheckPart(part, Type);
        Assert.Equal(_text.ToString(), part[TextName]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(_annotations, part["annotations"] ?? new JsonArray()), "The annotations are not those that were added.");
        Assert.True(JsonNode.DeepEquals(_logprobs, part["logprobs"] ?? new JsonArray()), "The log probabilities are not those of the deltas.");
    }

    private static JsonArray Logprobs(JsonObject streamed)
    {
        Assert.True(!streamed.ContainsKey("logprobs") || streamed["logprobs"] is JsonArray, "logprobs must be left out or an array.");
        return streamed["logprobs"] as JsonArray ?? [];
    }
}
