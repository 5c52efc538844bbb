namespace AiGateway.Engine;

/// <summary>A chat completion that its client had kept.</summary>
public sealed record StoredCompletion
{
    /// <summary>Its id: <c>chatcmpl-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; null for the one tenant that is there without keys.</summary>
    public string? Tenant { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The model's name as the client asked for it.</summary>
    public required string Model { get; init; }

    /// <summary>The client's own key-value pairs: a UTF-8 JSON object.</summary>
    public required ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>The completion: UTF-8 JSON, without its metadata.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The request's messages, in order: a UTF-8 JSON array.</summary>
    public required ReadOnlyMemory<byte> Messages { get; init; }
}
