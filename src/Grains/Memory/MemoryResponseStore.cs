using AiGateway.Engine;
using AiGateway.Grains.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Responses that a silo holds in its memory for the whole cluster.</summary>
/// <param name="memory">Where it is.</param>
internal sealed class MemoryResponseStore(MemoryClient memory) : IResponseStore, IRunRegistry
{
    public ValueTask<bool> CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, bool>(grain => grain.CreateAsync(response, events, cancellationToken));

    public ValueTask<bool> BeginAsync(string id, long epoch, ReadOnlyMemory<byte> body) =>
        memory.AskAsync<IMemoryResponsesGrain, bool>(grain => grain.BeginAsync(id, epoch, Bytes.Of(body)));

    public ValueTask<bool> AppendAsync(string id, long epoch, EventPage events) =>
        memory.AskAsync<IMemoryResponsesGrain, bool>(grain => grain.AppendAsync(id, epoch, events));

    public ValueTask<bool> EndAsync(StoredResponse response, ResponseEnd end) =>
        memory.AskAsync<IMemoryResponsesGrain, bool>(grain => grain.EndAsync(response, end));

    public ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, StoredResponse?>(grain => grain.FindAsync(tenant, id, cancellationToken));

    public ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, ResponseChain>(grain => grain.FindChainAsync(tenant, id, cancellationToken));

    public ValueTask<EventPage> ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, EventPage>(grain => grain.ReadEventsAsync(id, after, maxBytes, cancellationToken));

    public ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, StoredResponse?>(grain => grain.FindByIdempotencyKeyAsync(tenant, key, cancellationToken));

    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, bool>(grain => grain.DeleteAsync(tenant, id, cancellationToken));

    public ValueTask<IReadOnlyList<StoredResponse>> TakeOverAsync(CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, IReadOnlyList<StoredResponse>>(grain => grain.TakeOverAsync(cancellationToken));

    public ValueTask<StoredResponse?> TakeOverAsync(string id, string owner) =>
        memory.AskAsync<IMemoryResponsesGrain, StoredResponse?>(grain => grain.TakeOverOneAsync(id, owner));

    public ValueTask<StoredResponse?> FindAsync(string id) =>
        memory.AskAsync<IMemoryResponsesGrain, StoredResponse?>(grain => grain.FindAnyAsync(id));

    public ValueTask ReleaseAsync(string id, string owner) =>
        memory.AskAsync<IMemoryResponsesGrain>(grain => grain.ReleaseAsync(id, owner));

    public ValueTask<IReadOnlyList<UnendedRun>> ListAsync(CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, IReadOnlyList<UnendedRun>>(grain => grain.ListAsync(cancellationToken));

    public ValueTask RenewAsync(string owner, TimeSpan lease) =>
        memory.AskAsync<IMemoryResponsesGrain>(grain => grain.RenewAsync(owner, lease));

    public ValueTask<IReadOnlySet<string>> AliveAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryResponsesGrain, IReadOnlySet<string>>(grain => grain.AliveAsync(owners, cancellationToken));
}
