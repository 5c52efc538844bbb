namespace AiGateway.Engine;

/// <summary>A conversation's item and its place.</summary>
/// <param name="Position">Its place: 1 for the first, growing, never given twice.</param>
/// <param name="Item">The item.</param>
public sealed record PositionedItem(long Position, StoredItem Item);
