namespace AiGateway.Engine;

/// <summary>A conversation has an item of this id already, or would get two: nothing of what was to be kept is.</summary>
public sealed class DuplicateItemException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="itemId">The id.</param>
    public DuplicateItemException(string itemId)
        : base($"The conversation has an item '{itemId}' already.") => ItemId = itemId;

    /// <summary>The id that is taken.</summary>
    public string ItemId { get; }
}
