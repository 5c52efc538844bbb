namespace AiGateway.Protocol;

/// <summary>What became of a chunk of a provider's stream.</summary>
internal enum ChunkFate
{
    /// <summary>Rewritten, for the client.</summary>
    Kept,

    /// <summary>Read, but not for the client.</summary>
    Hidden,

    /// <summary>Not a JSON object.</summary>
    Garbage,

    /// <summary>The provider's report of an error in mid-stream.</summary>
    Error,
}
