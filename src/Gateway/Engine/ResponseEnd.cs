namespace AiGateway.Engine;

/// <summary>How a response ended: everything that becomes true with it, at once or not at all.</summary>
public sealed record ResponseEnd
{
    /// <summary>completed, incomplete, failed or cancelled.</summary>
    public required string Status { get; init; }

    /// <summary>The final response object: UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The events not kept yet, the terminal one last; empty where none are kept of it.</summary>
    public EventPage Events { get; init; }

    /// <summary>
    /// What the conversation gets: input and output items, in order. Only where the response belongs to one. Of an item whose id the conversation has already,
    /// it gets the <see cref="StoredItem.Spare"/>; where there is none, the conversation has the item.
    /// </summary>
    public IReadOnlyList<StoredItem> ConversationItems { get; init; } = [];

    /// <summary>What it used; null where that is recorded elsewhere, as of a response whose client waits for it, or nothing was used.</summary>
    public UsageRecord? Usage { get; init; }

    /// <summary>Who is to be told.</summary>
    public IReadOnlyList<WebhookDelivery> Deliveries { get; init; } = [];
}
