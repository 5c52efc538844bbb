namespace AiGateway.Engine;

/// <summary>An item as it is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Json">The item: UTF-8 JSON.</param>
public sealed record StoredItem(string Id, ReadOnlyMemory<byte> Json);
