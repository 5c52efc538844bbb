namespace AiGateway.Upstream;

/// <summary>One response of a provider that has the Responses API itself.</summary>
public sealed record NativeTurn
{
    public IReadOnlyList<NativeItem> Items { get; init; } = [];

    /// <summary><c>max_output_tokens</c> or <c>content_filter</c>: the response and its last item are incomplete.</summary>
    public string? IncompleteReason { get; init; }

    /// <summary>The response fails with this code, behind its items.</summary>
    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    /// <summary>Whether an <c>error</c> event comes before <c>response.failed</c>.</summary>
    public bool ErrorEvent { get; init; } = true;

    /// <summary>OpenAI's own stream ends without <c>[DONE]</c>; Open Responses demands it.</summary>
    public bool EndsWithDone { get; init; }

    public int InputTokens { get; init; } = 12;

    public int OutputTokens { get; init; } = 5;

    public int CachedTokens { get; init; } = 4;

    public int ReasoningTokens { get; init; }

    internal string Status => ErrorCode is not null ? "failed" : IncompleteReason is not null ? "incomplete" : "completed";
}
