using AiGateway.Hooks;

namespace AiGateway.Responses;

/// <summary>What raw reasoning events are called: the two APIs differ (<c>spec/responses.md</c> §19).</summary>
/// <param name="Delta">The delta event.</param>
/// <param name="Done">The done event.</param>
internal sealed record ReasoningEventNames(string Delta, string Done)
{
    /// <summary>Open Responses: the default.</summary>
    public static ReasoningEventNames OpenResponses { get; } = new("response.reasoning.delta", "response.reasoning.done");

    /// <summary>OpenAI.</summary>
    public static ReasoningEventNames OpenAi { get; } = new("response.reasoning_text.delta", "response.reasoning_text.done");

    /// <summary>The names for a call.</summary>
    /// <param name="setting">What is configured: openai, open-responses, or auto for what the caller knows.</param>
    /// <param name="call">The call.</param>
    public static ReasoningEventNames For(string setting, GatewayCall call) =>
        string.Equals(setting, "openai", StringComparison.OrdinalIgnoreCase)
        || (string.Equals(setting, "auto", StringComparison.OrdinalIgnoreCase) && IsOpenAiSdk(call))
            ? OpenAi
            : OpenResponses;

    // All of them say so in their User-Agent; the generated ones also name their language.
    private static bool IsOpenAiSdk(GatewayCall call) =>
        call.Headers["X-Stainless-Lang"] is not null
        || call.Headers["User-Agent"] is { } agent && (agent.StartsWith("OpenAI/", StringComparison.OrdinalIgnoreCase) || agent.StartsWith("AsyncOpenAI/", StringComparison.OrdinalIgnoreCase));
}
