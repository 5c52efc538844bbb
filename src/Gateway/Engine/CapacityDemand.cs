namespace AiGateway.Engine;

/// <summary>What one call asks for: of all its limits at once, or of none.</summary>
/// <param name="Limits">The limits; none is fine.</param>
public sealed record CapacityDemand(IReadOnlyList<CapacityLimit> Limits)
{
    /// <summary>Whether it counts as a request; a background response's run does not, since its creation did.</summary>
    public bool CountsRequest { get; init; } = true;

    /// <summary>Whether it takes a place in flight; the creation of a background response does not, since its run does.</summary>
    public bool TakesPlace { get; init; } = true;

    /// <summary>The tokens that it takes at least: what is read, and what may be written where the call says so.</summary>
    public long Tokens { get; init; }

    /// <summary>The tokens that are reserved besides, as far as there are so many: for an output of which nobody said how long it may be.</summary>
    public long MoreTokens { get; init; }

    /// <summary>What <see cref="Tokens"/> cost.</summary>
    public decimal Cost { get; init; }

    /// <summary>What <see cref="MoreTokens"/> cost.</summary>
    public decimal MoreCost { get; init; }

    /// <summary>How long it may wait; zero for not at all.</summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>How many may wait, this one included; one too many is refused.</summary>
    public int MaxWaiting { get; init; }
}
