namespace AiGateway.Upstream;

/// <summary>What a chat model says in one turn, and how its provider words it.</summary>
public sealed record ChatTurn
{
    public string? Text { get; init; }

    /// <summary>How the text is cut in a stream; empty: by words.</summary>
    public IReadOnlyList<string> Chunks { get; init; } = [];

    public string? Reasoning { get; init; }

    /// <summary><c>reasoning_content</c> (DeepSeek, vLLM, Qwen) or <c>reasoning</c> (OpenRouter, newer vLLM).</summary>
    public string ReasoningField { get; init; } = "reasoning_content";

    public string? Refusal { get; init; }

    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    public ToolCallStyle Style { get; init; } = ToolCallStyle.Fragmented;

    /// <summary>Null: <c>stop</c>, or the tool-call style's.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Whether each piece of text comes with log probabilities.</summary>
    public bool Logprobs { get; init; }

    public ChatUsage Usage { get; init; } = new();

    public UsagePlace UsagePlace { get; init; }

    /// <summary>Null: the request's.</summary>
    public string? Model { get; init; }

    internal string Finish => FinishReason ?? (ToolCalls.Count > 0 ? Style.FinishReason : "stop");

    internal IReadOnlyList<string> Pieces => Chunks.Count > 0 ? Chunks : Words.Of(Text);
}
