namespace AiGateway.Engine;

/// <summary>What one call used. Of calls that no provider was asked for, and no cache answered, there is none.</summary>
public sealed record UsageRecord
{
    /// <summary>The id under which it is recorded once: that of the call, or of the background response.</summary>
    public required string Id { get; init; }

    /// <summary>Whose call it was; null for the one tenant that is there without keys.</summary>
    public string? Tenant { get; init; }

    /// <summary>The id of the key that it was made with; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary><c>chat</c>, <c>responses</c>, <c>embeddings</c> or <c>images</c>.</summary>
    public required string Api { get; init; }

    /// <summary>The model that was asked for.</summary>
    public string? Model { get; init; }

    /// <summary>The provider that served it; null where that is not known, or none did.</summary>
    public string? Provider { get; init; }

    /// <summary>The provider's name of the model.</summary>
    public string? ProviderModel { get; init; }

    /// <summary>When the call began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public long DurationMs { get; init; }

    /// <summary>How long its stream's first event took, in milliseconds; null where there was none.</summary>
    public long? FirstTokenMs { get; init; }

    /// <summary>The HTTP status; 499 where the client left before there was one.</summary>
    public int Status { get; init; }

    /// <summary><c>completed</c>, <c>incomplete</c>, <c>failed</c>, <c>cancelled</c> or <c>client_left</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The code of the error; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Tokens read.</summary>
    public long InputTokens { get; init; }

    /// <summary>Of those: read from the provider's cache.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens written.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Of those: spent on reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>Whether the counts are the gateway's estimate, since the provider did not come to say them.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>What it cost by the prices of then; 0 where the model has none.</summary>
    public decimal Cost { get; init; }

    /// <summary>How many requests were sent to providers.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether it was a stream.</summary>
    public bool IsStream { get; init; }

    /// <summary>Whether the gateway's cache answered it.</summary>
    public bool IsCached { get; init; }
}
