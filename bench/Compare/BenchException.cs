namespace AiGateway.Bench.Compare;

/// <summary>The comparison cannot go on; the message says why and is all that the user is shown.</summary>
internal sealed class BenchException(string message) : Exception(message);
