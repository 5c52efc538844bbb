using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>A turn as <c>chat.completion.chunk</c> events; <c>[DONE]</c> is not among them.</summary>
internal static class ChatStream
{
    public static IEnumerable<JsonObject> Of(ChatTurn turn, ReceivedRequest request)
    {
        var asked = request.Field("stream_options") is JsonObject options && options["include_usage"] is JsonValue value && value.TryGetValue<bool>(out var wants) && wants;
        var own = turn.UsagePlace == UsagePlace.OwnChunkAlways || (asked && turn.UsagePlace == UsagePlace.OwnChunkWhenAsked);
        var choices = Enumerable.Range(0, ChatCompletion.Choices(request)).ToList();
        foreach (var (delta, tokens) in Deltas(turn))
        {
            foreach (var index in choices) yield return Chunk(Choice(index, delta.DeepClone(), tokens is null ? null : Logprob.Chat(tokens), null), last: false);
        }

        foreach (var index in choices) yield return Chunk(Choice(index, new JsonObject(), null, turn.Finish), last: true);
        if (own)
        {
            var chunk = ChatCompletion.Head(turn, request, "chat.completion.chunk");
            chunk["choices"] = new JsonArray();
            chunk["usage"] = turn.Usage.ToJson();
            yield return chunk;
        }

        JsonObject Chunk(JsonObject choice, bool last)
        {
            var chunk = ChatCompletion.Head(turn, request, "chat.completion.chunk");
            chunk["choices"] = new JsonArray(choice);
            if (own) chunk["usage"] = null;
            if (turn.UsagePlace == UsagePlace.EveryChunk || (last && turn.UsagePlace == UsagePlace.FinishChunk)) chunk["usage"] = turn.Usage.ToJson();
            return chunk;
        }
    }

    private static JsonObject Choice(int index, JsonNode delta, JsonNode? logprobs, string? finish) => new()
    {
        ["index"] = index,
        ["delta"] = delta,
        ["logprobs"] = logprobs,
        ["finish_reason"] = finish,
    };

    private static IEnumerable<(JsonObject Delta, string[]? Tokens)> Deltas(ChatTurn turn)
    {
        var opening = turn.ToolCalls.Count > 0 && turn.Text is null ? null : "";
        yield return (new() { ["role"] = "assistant", ["content"] = opening, ["refusal"] = null }, null);
        foreach (var piece in Words.Of(turn.Reasoning)) yield return (new() { [turn.ReasoningField] = piece }, null);
        foreach (var piece in turn.Pieces) yield return (new() { ["content"] = piece }, turn.Logprobs ? [piece] : null);
        foreach (var piece in Words.Of(turn.Refusal)) yield return (new() { ["refusal"] = piece }, null);
        foreach (var delta in turn.ToolCalls.Count > 0 ? ToolCallDeltas.Of(turn.ToolCalls, turn.Style) : []) yield return (delta, null);
    }
}
