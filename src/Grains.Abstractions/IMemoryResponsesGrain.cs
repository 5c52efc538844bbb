using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>The port of responses, at the silo that holds a cluster's state where there is no Redis.</summary>
[Alias("AiGateway.Memory.Responses")]
internal interface IMemoryResponsesGrain : IGrainWithStringKey
{
    [Alias("Create")]
    Task<bool> CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken);

    [Alias("Begin")]
    Task<bool> BeginAsync(string id, long epoch, byte[] body);

    [Alias("Append")]
    Task<bool> AppendAsync(string id, long epoch, EventPage events);

    [Alias("End")]
    Task<bool> EndAsync(StoredResponse response, ResponseEnd end);

    [Alias("Find")]
    Task<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken);

    [Alias("FindChain")]
    Task<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken);

    [Alias("ReadEvents")]
    Task<EventPage> ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken);

    [Alias("FindByIdempotencyKey")]
    Task<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken);

    [Alias("Delete")]
    Task<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);

    [Alias("TakeOver")]
    Task<IReadOnlyList<StoredResponse>> TakeOverAsync(CancellationToken cancellationToken);

    [Alias("TakeOverOne")]
    Task<StoredResponse?> TakeOverOneAsync(string id, string owner);

    [Alias("FindAny")]
    Task<StoredResponse?> FindAnyAsync(string id);

    [Alias("Release")]
    Task ReleaseAsync(string id, string owner);

    [Alias("List")]
    Task<IReadOnlyList<UnendedRun>> ListAsync(CancellationToken cancellationToken);

    [Alias("Renew")]
    Task RenewAsync(string owner, TimeSpan lease);

    [Alias("Alive")]
    Task<IReadOnlySet<string>> AliveAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken);
}
