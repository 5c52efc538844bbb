namespace AiGateway.EndToEnd.Tests.Durability.History;

/// <summary>What the gateway says of a response when all is over.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">The response object, byte for byte.</param>
/// <param name="Log">Its events from the first on; null where it has none to give.</param>
internal sealed record FinalState(string Status, string Body, Reading? Log);
