namespace AiGateway.Caching;

/// <summary>256 bits that can be looked up.</summary>
internal readonly record struct UInt128Pair(UInt128 Low, UInt128 High);
