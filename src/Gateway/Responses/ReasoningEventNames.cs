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

    /// <summary>The names that a configuration asks for.</summary>
    public static ReasoningEventNames For(string setting) =>
        string.Equals(setting, "openai", StringComparison.OrdinalIgnoreCase) ? OpenAi : OpenResponses;
}
