namespace AiGateway.Engine;

/// <summary>A response and all that it continues.</summary>
/// <param name="Links">The responses, the oldest first, the one asked for last; empty where it is not there.</param>
/// <param name="MissingId">The id of the link that is not there any more, so that the chain begins behind it; null where the chain is whole.</param>
public sealed record ResponseChain(IReadOnlyList<StoredResponse> Links, string? MissingId);
