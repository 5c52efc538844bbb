namespace AiGateway.Upstream;

/// <summary>Where in a stream a provider puts the usage.</summary>
public enum UsagePlace
{
    /// <summary>OpenAI: only when <c>stream_options.include_usage</c> asks; in a chunk of its own with empty choices, null in the others.</summary>
    OwnChunkWhenAsked,

    /// <summary>In a chunk of its own whether asked or not.</summary>
    OwnChunkAlways,

    /// <summary>In the chunk that has the finish reason, whether asked or not.</summary>
    FinishChunk,

    /// <summary>In every chunk, the last one right.</summary>
    EveryChunk,

    /// <summary>Nowhere, asked or not; the JSON completion lacks it too.</summary>
    Nowhere,
}
