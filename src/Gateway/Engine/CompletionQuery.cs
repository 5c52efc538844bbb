namespace AiGateway.Engine;

/// <summary>Which kept chat completions are wanted.</summary>
public sealed record CompletionQuery
{
    /// <summary>Whose; null for the one tenant that is there without keys.</summary>
    public string? Tenant { get; init; }

    /// <summary>Only those of this model; null for any.</summary>
    public string? Model { get; init; }

    /// <summary>Only those that have all of these pairs in their metadata.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>The id behind which to begin; null for the first. Where there is no such completion, nothing is found.</summary>
    public string? After { get; init; }

    /// <summary>The most to find.</summary>
    public required int Limit { get; init; }

    /// <summary>Whether the newest comes first.</summary>
    public bool Descending { get; init; }
}
