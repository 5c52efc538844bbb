using System.Text.Json;

namespace AiGateway.Responses;

/// <summary>
/// A request to create a response, checked (<c>spec/responses.md</c> §3). A null property was absent or null in the request;
/// defaults are filled in where the response echoes them. Elements live as long as this object is not disposed.
/// </summary>
public sealed class CreateResponse : IDisposable
{
    private readonly JsonDocument _document;

    internal CreateResponse(JsonDocument document) => _document = document;

    /// <summary>The whole request.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>The model asked for.</summary>
    public required string Model { get; init; }

    /// <summary>The input of this turn; empty where none was given. Not the chain before it.</summary>
    public required IReadOnlyList<InputItem> Input { get; init; }

    /// <summary>Whether the context is to be compacted, and nothing else: the input ended with a <c>compaction_trigger</c>.</summary>
    public bool Compacts { get; init; }

    /// <summary>The system text put first. Not inherited through <see cref="PreviousResponseId"/>.</summary>
    public string? Instructions { get; init; }

    /// <summary>The response that this one continues.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>The conversation's id, where one was named.</summary>
    public string? Conversation { get; init; }

    /// <summary>What the response is to show beyond the default.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>The tools, as they came, checked.</summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    /// <summary>Which of them may be called.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>Whether several tools may be called in one turn; null for the default, true.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>The most calls to built-in tools; at least 1.</summary>
    public long? MaxToolCalls { get; init; }

    /// <summary>The client's own key-value pairs: at most 16, keys to 64, values to 512 characters.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary><c>text.format</c>, flat as in the Responses API.</summary>
    public JsonElement? TextFormat { get; init; }

    /// <summary><c>text.verbosity</c>: low, medium or high.</summary>
    public string? Verbosity { get; init; }

    /// <summary>0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>-2 to 2.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>-2 to 2.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>0 to 20.</summary>
    public long? TopLogprobs { get; init; }

    /// <summary>The most tokens to make, reasoning included; at least 16.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary><c>reasoning.effort</c>: none, minimal, low, medium, high, xhigh or max.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary><c>reasoning.summary</c>: auto, concise or detailed.</summary>
    public string? ReasoningSummary { get; init; }

    /// <summary>Whether the client waits for events.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether delta events carry padding; default true.</summary>
    public bool IncludeObfuscation { get; init; } = true;

    /// <summary>Whether the response runs without its client; default false.</summary>
    public bool Background { get; init; }

    /// <summary>Whether the response is kept; default true.</summary>
    public bool Store { get; init; } = true;

    /// <summary><c>auto</c> or <c>disabled</c> (default).</summary>
    public string Truncation { get; init; } = "disabled";

    /// <summary><c>context_management</c>: from how many tokens on the context is to be compacted, at least 1000; null for never.</summary>
    public long? CompactThreshold { get; init; }

    /// <summary>The tier asked for; null for the default.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>At most 64 characters.</summary>
    public string? SafetyIdentifier { get; init; }

    /// <summary>At most 64 characters.</summary>
    public string? PromptCacheKey { get; init; }

    /// <summary>Deprecated by OpenAI; echoed and passed on.</summary>
    public string? User { get; init; }

    /// <summary>Whether log probabilities are to be shown.</summary>
    public bool IncludesLogprobs => Include.Contains("message.output_text.logprobs", StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();
}
