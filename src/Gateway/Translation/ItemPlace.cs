namespace AiGateway.Translation;

/// <summary>Where an item stands in the client's <c>input</c>, put into words only when there is an error to tell.</summary>
/// <param name="index">Its index there; negative for an item of the chain, which has no place in the request.</param>
internal readonly struct ItemPlace(int index)
{
    /// <summary>The path of a field of the item.</summary>
    public string To(string field) => index < 0 ? "input" : $"input[{index}].{field}";

    /// <summary>The path of a field of one of the item's parts.</summary>
    public string To(string parts, int part, string field) => index < 0 ? "input" : $"input[{index}].{parts}[{part}].{field}";
}
