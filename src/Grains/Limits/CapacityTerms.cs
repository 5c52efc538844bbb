using AiGateway.Limits;

namespace AiGateway.Grains.Limits;

/// <summary>What a limit's grain goes by.</summary>
/// <param name="Blocks">How much it hands out.</param>
/// <param name="Spent">What was used up of a budget before.</param>
/// <param name="Time">The clock.</param>
internal sealed record CapacityTerms(CapacityBlocks Blocks, SpentBefore Spent, TimeProvider Time);
