using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Responses.Running;

/// <summary>What becomes true with a response's end: its conversation goes on, and whoever waits for it is to be told.</summary>
/// <param name="notices">Who is to be told.</param>
/// <param name="lostUsage">Says what a run used that nobody measured to its end; null for nobody.</param>
internal sealed class ResponseEnds(IEndNotices notices, LostRunUsage? lostUsage = null)
{
    /// <summary>A response's end.</summary>
    /// <param name="response">The response.</param>
    /// <param name="status">completed, incomplete, failed or cancelled.</param>
    /// <param name="body">The final response object.</param>
    public ResponseEnd Of(StoredResponse response, string status, ReadOnlyMemory<byte> body) => new()
    {
        Status = status,
        Body = body,
        ConversationItems = response.Conversation is not null && status is ResponseStatus.Completed or ResponseStatus.Incomplete
            ? [.. Items(response.Id, response.Input, output: false), .. Items(response.Id, body, output: true)]
            : [],
        Deliveries = response.Background ? notices.For(response, status) : [],
    };

    /// <summary>What a background response used.</summary>
    /// <param name="response">The response, as it is before it ends.</param>
    /// <param name="status">How it ends.</param>
    /// <param name="measured">Says what was measured; null where its run was another process's.</param>
    /// <returns>Null where it never ran.</returns>
    public UsageRecord? UsageOf(StoredResponse response, string status, Func<string, UsageRecord?>? measured) =>
        measured is not null ? measured(status)
        : response is { Background: true, Status: ResponseStatus.InProgress } ? lostUsage?.Of(response, status)
        : null;

    private static IEnumerable<StoredItem> Items(string responseId, ReadOnlyMemory<byte> json, bool output)
    {
        using var document = JsonDocument.Parse(json, JsonFormat.DocumentOptions);
        var items = output ? document.RootElement.GetProperty("output"u8) : document.RootElement;
        foreach (var item in items.EnumerateArray())
        {
            var id = item.GetProperty("id"u8).GetString()!;
            yield return new StoredItem(id, JsonSerializer.SerializeToUtf8Bytes(item, JsonFormat.SerializerOptions))
            {
                // A client may have used the id before, or use it at the same time; it has its answer by now, and loses nothing.
                Spare = Ids.ResponseOf(id) == responseId ? null : Renamed(item),
            };
        }
    }

    private static StoredItem Renamed(JsonElement item)
    {
        var id = Ids.New(Ids.PrefixFor(item.TryGetProperty("type"u8, out var type) ? type.GetString() ?? "message" : "message"));
        return new StoredItem(id, JsonBytes.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            foreach (var member in item.EnumerateObject())
            {
                if (!member.NameEquals("id"u8))
                    member.WriteTo(json);
            }

            json.WriteEndObject();
        }));
    }
}
