using AiGateway.Protocol;

namespace AiGateway.Metering;

/// <summary>What a model costs, per million tokens, in whatever currency: it is the same for all prices and budgets.</summary>
public sealed record PriceOptions
{
    private const decimal Million = 1_000_000m;

    /// <summary>A million tokens read. Default 0.</summary>
    public decimal Input { get; init; }

    /// <summary>A million tokens read from the provider's cache. Null (default): as <see cref="Input"/>.</summary>
    public decimal? CachedInput { get; init; }

    /// <summary>A million tokens written, reasoning included. Default 0.</summary>
    public decimal Output { get; init; }

    /// <summary>What a usage costs.</summary>
    /// <param name="usage">The usage.</param>
    internal decimal Of(TokenUsage usage)
    {
        var cached = Math.Clamp(usage.CachedTokens, 0, usage.InputTokens);
        return (((usage.InputTokens - cached) * Input) + (cached * (CachedInput ?? Input)) + (usage.OutputTokens * Output)) / Million;
    }
}
