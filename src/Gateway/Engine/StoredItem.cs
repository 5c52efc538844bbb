namespace AiGateway.Engine;

/// <summary>An item as it is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Json">The item: UTF-8 JSON.</param>
public sealed record StoredItem(string Id, ReadOnlyMemory<byte> Json)
{
    /// <summary>The same item under an id that is surely free, where the id is not the gateway's own; null where it is.</summary>
    public StoredItem? Spare { get; init; }
}
