using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Responses.Running;

/// <summary>What becomes true with a response's end: its conversation goes on, and whoever waits for it is to be told.</summary>
/// <param name="notices">Who is to be told.</param>
internal sealed class ResponseEnds(IEndNotices notices)
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
            ? [.. Items(response.Input, output: false), .. Items(body, output: true)]
            : [],
        Deliveries = response.Background ? notices.For(response, status) : [],
    };

    private static IEnumerable<StoredItem> Items(ReadOnlyMemory<byte> json, bool output)
    {
        using var document = JsonDocument.Parse(json, JsonFormat.DocumentOptions);
        var items = output ? document.RootElement.GetProperty("output"u8) : document.RootElement;
        foreach (var item in items.EnumerateArray())
            yield return new StoredItem(item.GetProperty("id"u8).GetString()!, JsonSerializer.SerializeToUtf8Bytes(item, JsonFormat.SerializerOptions));
    }
}
