namespace AiGateway.Engine;

/// <summary>A finished response and what led to it.</summary>
public sealed record StoredResponse
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; null for the one tenant that is there without keys.</summary>
    public string? Tenant { get; init; }

    /// <summary>completed, incomplete or failed.</summary>
    public required string Status { get; init; }

    /// <summary>The response object: the bytes that its client got.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The whole input in order, that of the chain before it included: one JSON object an item.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Input { get; init; }

    /// <summary>What it takes in memory, roughly, in bytes.</summary>
    public long Size => Body.Length + Input.Sum(item => (long)item.Length);
}
