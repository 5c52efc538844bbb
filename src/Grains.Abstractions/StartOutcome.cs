namespace AiGateway.Grains;

/// <summary>What became of a response that was to start.</summary>
internal enum StartOutcome
{
    /// <summary>It is kept, and runs or waits.</summary>
    Started,

    /// <summary>Its idempotency key was taken: nothing is kept.</summary>
    KeyTaken,

    /// <summary>Too many wait at the silo.</summary>
    QueueFull,

    /// <summary>The storage could not be used; the response may be kept and run all the same.</summary>
    Unavailable,

    /// <summary>The silo stops: ask again, and another will answer.</summary>
    Elsewhere,
}
