using AiGateway.Protocol;

namespace AiGateway.Pipeline.Compaction;

/// <summary>What a model made of a conversation.</summary>
/// <param name="Text">The summary.</param>
/// <param name="Usage">What it cost; null where the provider did not say.</param>
internal sealed record Summary(string Text, TokenUsage? Usage);
