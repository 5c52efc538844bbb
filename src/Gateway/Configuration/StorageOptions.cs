namespace AiGateway.Configuration;

/// <summary>
/// Where the standalone gateway keeps responses, as configured under <c>Gateway:Storage</c>. Read and checked, but not used yet: in this version
/// responses are kept in memory only, which a start with other than the default settings warns of.
/// </summary>
public sealed record StorageOptions
{
    /// <summary>The database file; a relative path is taken from the working directory. <c>:memory:</c> keeps nothing. Default <c>data/aigateway.db</c>.</summary>
    public string Path { get; init; } = "data/aigateway.db";

    /// <summary>How long a stored response is kept, from its end. Default 30 days; 0 keeps it for ever.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);
}
