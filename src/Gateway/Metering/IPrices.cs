using AiGateway.Protocol;

namespace AiGateway.Metering;

/// <summary>What models cost.</summary>
internal interface IPrices
{
    /// <summary>What a usage costs; 0 where the model has no price.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="usage">The usage.</param>
    decimal Of(string? model, TokenUsage usage);
}
