namespace AiGateway.Protocol;

/// <summary>
/// What one call used, in tokens. Cached tokens are part of the input, reasoning tokens part of the output
/// (<c>spec/responses.md</c> §8).
/// </summary>
/// <param name="InputTokens">Tokens read.</param>
/// <param name="OutputTokens">Tokens made; 0 for embeddings.</param>
/// <param name="TotalTokens">What the provider calls the total; normally the sum.</param>
/// <param name="CachedTokens">Of the input: read from the provider's cache.</param>
/// <param name="ReasoningTokens">Of the output: spent on reasoning.</param>
public readonly record struct TokenUsage(
    long InputTokens,
    long OutputTokens,
    long TotalTokens,
    long CachedTokens = 0,
    long ReasoningTokens = 0)
{
    /// <summary>What this and another call used together.</summary>
    /// <param name="other">The other call's.</param>
    /// <returns>The sum.</returns>
    public TokenUsage Plus(TokenUsage other) => new(
        InputTokens + other.InputTokens,
        OutputTokens + other.OutputTokens,
        TotalTokens + other.TotalTokens,
        CachedTokens + other.CachedTokens,
        ReasoningTokens + other.ReasoningTokens);
}
