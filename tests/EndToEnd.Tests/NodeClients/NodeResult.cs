namespace AiGateway.EndToEnd.Tests.NodeClients;

/// <summary>What <c>node/reporter.mjs</c> says of a test.</summary>
internal sealed record NodeResult(string Name, bool Passed, bool Skipped, string? Failure);
