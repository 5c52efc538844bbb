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
    long ReasoningTokens = 0);
