namespace AiGateway.Upstream;

/// <summary>A call of a function; <paramref name="Arguments"/> is JSON text, valid or not.</summary>
public sealed record ToolCall(string Id, string Name, string Arguments);
