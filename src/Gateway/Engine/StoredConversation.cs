namespace AiGateway.Engine;

/// <summary>A conversation as it is kept, without its items.</summary>
public sealed record StoredConversation
{
    /// <summary>Its id: <c>conv_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; null for the one tenant that is there without keys.</summary>
    public string? Tenant { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The client's own key-value pairs: a UTF-8 JSON object.</summary>
    public required ReadOnlyMemory<byte> Metadata { get; init; }
}
