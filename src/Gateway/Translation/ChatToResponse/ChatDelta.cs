using AiGateway.Protocol;

namespace AiGateway.Translation.ChatToResponse;

/// <summary>What one chunk of a chat stream, or a whole chat completion, says of its first choice. Reused from chunk to chunk.</summary>
internal sealed class ChatDelta
{
    public string? Content { get; set; }

    public string? Refusal { get; set; }

    /// <summary>Raw reasoning: <c>reasoning_content</c> or <c>reasoning</c>, where the provider shows it.</summary>
    public string? Reasoning { get; set; }

    public List<ToolCallDelta> ToolCalls { get; } = [];

    /// <summary>url_citation annotations, flat as the Responses API has them.</summary>
    public List<byte[]> Annotations { get; } = [];

    /// <summary>Log probabilities of the content: members of a JSON array without its brackets, every <c>bytes</c> filled in.</summary>
    public byte[] Logprobs { get; set; } = [];

    public string? FinishReason { get; set; }

    public string? ServiceTier { get; set; }

    public TokenUsage? Usage { get; set; }

    /// <summary>Whether the object has a first choice: without one, a whole completion is none.</summary>
    public bool HasChoice { get; set; }

    /// <summary>Whether the object is the provider's report of an error.</summary>
    public bool IsError { get; set; }

    /// <summary>Whether the chunk says text and nothing else.</summary>
    public bool IsOnlyContent =>
        Content is not null && Refusal is null && Reasoning is null && ToolCalls.Count == 0 && Annotations.Count == 0
        && Logprobs.Length == 0 && FinishReason is null && ServiceTier is null && Usage is null && !IsError && HasChoice;

    /// <summary>How many characters were generated.</summary>
    public long TextLength
    {
        get
        {
            var length = (Content?.Length ?? 0) + (Refusal?.Length ?? 0) + (Reasoning?.Length ?? 0);
            foreach (var call in ToolCalls)
                length += (call.Name?.Length ?? 0) + (call.Arguments?.Length ?? 0);
            return length;
        }
    }

    public void Clear()
    {
        Content = Refusal = Reasoning = FinishReason = ServiceTier = null;
        ToolCalls.Clear();
        Annotations.Clear();
        Logprobs = [];
        Usage = null;
        IsError = false;
        HasChoice = false;
    }
}
