namespace AiGateway.Grains;

/// <summary>What became of something that a response was told to do.</summary>
internal enum GrainOutcome
{
    /// <summary>It is done; the storage says what the response is now.</summary>
    Done,

    /// <summary>The storage could not be used; it may be done later.</summary>
    Unavailable,

    /// <summary>The silo stops: ask again, and another will answer.</summary>
    Elsewhere,
}
