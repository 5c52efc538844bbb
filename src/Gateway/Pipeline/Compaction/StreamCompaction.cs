using AiGateway.Protocol;
using AiGateway.Responses;

namespace AiGateway.Pipeline.Compaction;

/// <summary>A compaction that a response begins with.</summary>
/// <param name="EncryptedContent">The content of the compaction item, which is to be the first of the output.</param>
/// <param name="Items">What the model gets in the place of the context.</param>
/// <param name="Usage">What the summary cost, which is part of what the response costs; null where nothing was asked, or the provider did not say.</param>
internal sealed record StreamCompaction(string EncryptedContent, IReadOnlyList<InputItem> Items, TokenUsage? Usage);
