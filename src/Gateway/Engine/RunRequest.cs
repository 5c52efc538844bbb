namespace AiGateway.Engine;

/// <summary>What it takes to run a response without its client, also after a restart.</summary>
public sealed record RunRequest
{
    /// <summary>The id of the call that created it: the log names it.</summary>
    public required string RequestId { get; init; }

    /// <summary>The request as the hooks left it: UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The model's name as the client asked for it.</summary>
    public string? AskedModel { get; init; }

    /// <summary>The client's headers that may be passed to a provider, and those that tell what the client is. Never its key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What its key might have when it was created, for a key that the gateway does not know by itself when it runs; null for no limits.</summary>
    public CapacityLimit? KeyLimit { get; init; }
}
