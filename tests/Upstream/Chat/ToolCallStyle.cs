namespace AiGateway.Upstream;

/// <summary>How a provider puts tool calls into a chat stream.</summary>
public sealed record ToolCallStyle
{
    /// <summary>OpenAI: id and name in the first fragment, then the arguments, one call after the other.</summary>
    public static ToolCallStyle Fragmented { get; } = new();

    /// <summary>Fragments of parallel calls take turns; only the index tells them apart.</summary>
    public static ToolCallStyle Interleaved { get; } = new() { TakeTurns = true };

    /// <summary>Each call complete in one fragment, and without an index.</summary>
    public static ToolCallStyle Whole { get; } = new() { FragmentLength = null, WithIndex = false };

    /// <summary>All calls complete in one chunk.</summary>
    public static ToolCallStyle Together { get; } = new() { FragmentLength = null, OneChunk = true };

    /// <summary>Id, type and name in every fragment.</summary>
    public static ToolCallStyle RepeatedId { get; } = new() { RepeatId = true };

    /// <summary>As OpenAI, but finishes with <c>stop</c>.</summary>
    public static ToolCallStyle FinishesWithStop { get; } = new() { FinishReason = "stop" };

    /// <summary>Characters of arguments per fragment; null: the whole call in one.</summary>
    public int? FragmentLength { get; init; } = 5;

    public bool TakeTurns { get; init; }

    public bool WithIndex { get; init; } = true;

    public bool OneChunk { get; init; }

    public bool RepeatId { get; init; }

    public string FinishReason { get; init; } = "tool_calls";
}
