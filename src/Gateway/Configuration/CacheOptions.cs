using AiGateway.Protocol;

namespace AiGateway.Configuration;

/// <summary>
/// Answers that are given again without asking a provider, as configured under <c>Gateway:Cache</c>. Kept in memory, for each tenant apart. Only what would be
/// answered alike: embeddings, and chat and responses with a <c>temperature</c> of 0 or a <c>seed</c>; nothing streamed, nothing that is stored.
/// </summary>
public sealed record CacheOptions
{
    /// <summary>The APIs whose answers are kept without being asked to: <c>embeddings</c>, <c>chat</c>, <c>responses</c>. Default: none.</summary>
    public IReadOnlyList<string> Apis { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>Whether clients may ask for it themselves, call by call, with <c>x-aigateway-cache: on</c>. Default true.</summary>
    public bool AllowHeader { get; init; } = true;

    /// <summary>The most bytes that kept answers and their bookkeeping take up; what was used the longest time ago goes first. 0: nothing is kept at all. Default 64 MiB.</summary>
    public long MaxBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>The largest answer that is kept, in bytes. Default 4 MiB.</summary>
    public int MaxEntryBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long an answer is given again. Default one hour.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromHours(1);
}
