namespace AiGateway.Engine;

/// <summary>A response as it is kept: what it is now, and what led to it.</summary>
public sealed record StoredResponse
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; null for the one tenant that is there without keys.</summary>
    public string? Tenant { get; init; }

    /// <summary>The id of the key that it was created with; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>queued, in_progress, completed, incomplete, failed or cancelled.</summary>
    public required string Status { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The response object: the bytes that its client gets.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Its own input, without that of the chain before it: UTF-8 JSON, an array of items, each with an id.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The response that it continues; null for none.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>The conversation that it belongs to; null for none.</summary>
    public string? Conversation { get; init; }

    /// <summary>The place of the last item of the conversation that it was sampled over; 0 where there was none.</summary>
    public long ConversationPosition { get; init; }

    /// <summary>Whether it runs without its client.</summary>
    public bool Background { get; init; }

    /// <summary>Whether its client asked for events. Those of a background response are kept.</summary>
    public bool Stream { get; init; }

    /// <summary>The sequence number of the last event kept; -1 for none.</summary>
    public long LastSequence { get; init; } = -1;

    /// <summary>Who owns its run: a write of an older owner is refused.</summary>
    public long Epoch { get; init; }

    /// <summary>The process that runs it, as the engine names its processes; null where the engine has one only, or nobody runs it any more.</summary>
    public string? Owner { get; init; }

    /// <summary>What it takes to run it; null where it has started, or was never to be run from here.</summary>
    public RunRequest? Run { get; init; }

    /// <summary>The key by which a repeated create finds it; null for none.</summary>
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>Whether its status will not change any more.</summary>
    public bool IsEnded => Status is not ("queued" or "in_progress");
}
