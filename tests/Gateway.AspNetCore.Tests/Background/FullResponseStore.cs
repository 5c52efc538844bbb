using AiGateway.Engine;

namespace AiGateway.AspNetCore.Tests.Background;

/// <summary>A store that holds nothing, and whose disk is full.</summary>
internal sealed class FullResponseStore : IResponseStore
{
    public ValueTask<bool> CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken) => throw Full();

    public ValueTask<bool> BeginAsync(string id, long epoch, ReadOnlyMemory<byte> body) => throw Full();

    public ValueTask<bool> AppendAsync(string id, long epoch, EventPage events) => throw Full();

    public ValueTask<bool> EndAsync(StoredResponse response, ResponseEnd end) => throw Full();

    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) => throw Full();

    public ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) => default;

    public ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken) => new(new ResponseChain([], id));

    public ValueTask<EventPage> ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken) => default;

    public ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<StoredResponse>> TakeOverAsync(CancellationToken cancellationToken) => new([]);

    private static StorageUnavailableException Full() => new("The disk is full.");
}
