using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>An assistant message of one part, text or refusal.</summary>
public sealed record NativeMessage(string Text) : NativeItem
{
    /// <summary>How the text is cut; empty: by words.</summary>
    public IReadOnlyList<string> Chunks { get; init; } = [];

    public bool IsRefusal { get; init; }

    public bool Logprobs { get; init; }

    internal override string IdPrefix => "msg";

    private IReadOnlyList<string> Pieces => Chunks.Count > 0 ? Chunks : Words.Of(Text);

    internal override JsonObject Opening(string id) => Item(id, "in_progress");

    internal override JsonObject Final(string id, string status) => Item(id, status, Part(Text, Probabilities(Pieces)));

    internal override IEnumerable<JsonObject> Events(string id)
    {
        yield return Event("response.content_part.added", id, "content_index", ("part", Part("", [])));
        foreach (var piece in Pieces)
        {
            yield return IsRefusal
                ? Event("response.refusal.delta", id, "content_index", ("delta", piece))
                : Event("response.output_text.delta", id, "content_index", ("delta", piece), ("logprobs", Probabilities([piece])));
        }

        yield return IsRefusal
            ? Event("response.refusal.done", id, "content_index", ("refusal", Text))
            : Event("response.output_text.done", id, "content_index", ("text", Text), ("logprobs", Probabilities(Pieces)));
        yield return Event("response.content_part.done", id, "content_index", ("part", Part(Text, Probabilities(Pieces))));
    }

    private JsonArray Probabilities(IEnumerable<string> pieces) => Logprobs ? Logprob.Entries(pieces) : [];

    private JsonObject Part(string text, JsonArray logprobs) => IsRefusal
        ? new() { ["type"] = "refusal", ["refusal"] = text }
        : new() { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = logprobs, ["text"] = text };

    private static JsonObject Item(string id, string status, params JsonNode?[] content) => new()
    {
        ["id"] = id,
        ["type"] = "message",
        ["status"] = status,
        ["content"] = new JsonArray(content),
        ["role"] = "assistant",
    };
}
