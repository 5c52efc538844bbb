using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>A reasoning item: nothing shown, a summary, the raw trace, an encrypted one, or several of these.</summary>
public sealed record NativeReasoning : NativeItem
{
    public string? Summary { get; init; }

    public string? Content { get; init; }

    public string? Encrypted { get; init; }

    /// <summary><c>response.reasoning_text</c> as OpenAI names the events of the raw trace, or <c>response.reasoning</c> as Open Responses does.</summary>
    public string ContentEvent { get; init; } = "response.reasoning_text";

    internal override string IdPrefix => "rs";

    internal override JsonObject Opening(string id) => new() { ["id"] = id, ["type"] = "reasoning", ["summary"] = new JsonArray() };

    internal override JsonObject Final(string id, string status)
    {
        var item = Opening(id);
        if (Summary is not null) item["summary"] = new JsonArray(SummaryPart(Summary));
        if (Content is not null) item["content"] = new JsonArray(ContentPart(Content));
        if (Encrypted is not null) item["encrypted_content"] = Encrypted;
        return item;
    }

    internal override IEnumerable<JsonObject> Events(string id)
    {
        var content = Content is null ? [] : ContentEvents(id, Content);
        return Summary is null ? content : SummaryEvents(id, Summary).Concat(content);
    }

    private static IEnumerable<JsonObject> SummaryEvents(string id, string summary)
    {
        yield return Event("response.reasoning_summary_part.added", id, "summary_index", ("part", SummaryPart("")));
        foreach (var piece in Words.Of(summary))
            yield return Event("response.reasoning_summary_text.delta", id, "summary_index", ("delta", piece));
        yield return Event("response.reasoning_summary_text.done", id, "summary_index", ("text", summary));
        yield return Event("response.reasoning_summary_part.done", id, "summary_index", ("part", SummaryPart(summary)));
    }

    private IEnumerable<JsonObject> ContentEvents(string id, string content)
    {
        yield return Event("response.content_part.added", id, "content_index", ("part", ContentPart("")));
        foreach (var piece in Words.Of(content)) yield return Event(ContentEvent + ".delta", id, "content_index", ("delta", piece));
        yield return Event(ContentEvent + ".done", id, "content_index", ("text", content));
        yield return Event("response.content_part.done", id, "content_index", ("part", ContentPart(content)));
    }

    private static JsonObject SummaryPart(string text) => new() { ["type"] = "summary_text", ["text"] = text };

    private static JsonObject ContentPart(string text) => new() { ["type"] = "reasoning_text", ["text"] = text };
}
