using System.Collections.Concurrent;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Grains.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Responses in memory, with who owns those that have not ended.</summary>
/// <param name="inner">Keeps them.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnedResponses(SqliteResponseStore inner, TimeProvider time) : IResponseStore, IRunRegistry
{
    private readonly ConcurrentDictionary<string, (string Owner, DateTimeOffset CreatedAt)> _unended = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _leases = new(StringComparer.Ordinal);

    public async ValueTask<bool> CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken)
    {
        if (!await inner.CreateAsync(response, events, cancellationToken))
            return false;
        _unended[response.Id] = (response.Owner ?? "", response.CreatedAt);
        return true;
    }

    public ValueTask<bool> BeginAsync(string id, long epoch, ReadOnlyMemory<byte> body) => inner.BeginAsync(id, epoch, body);

    public ValueTask<bool> AppendAsync(string id, long epoch, EventPage events) => inner.AppendAsync(id, epoch, events);

    public async ValueTask<bool> EndAsync(StoredResponse response, ResponseEnd end)
    {
        var kept = await inner.EndAsync(response, end);
        if (kept)
            _unended.TryRemove(response.Id, out _);
        return kept;
    }

    public ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) => inner.FindAsync(tenant, id, cancellationToken);

    // Its owner is known here only.
    public async ValueTask<StoredResponse?> FindAsync(string id) =>
        await inner.FindAsync(id) is { } found ? found with { Owner = _unended.TryGetValue(id, out var run) ? run.Owner : null } : null;

    public ValueTask ReleaseAsync(string id, string owner)
    {
        if (_unended.TryGetValue(id, out var run) && run.Owner == owner)
            _unended.TryUpdate(id, ("", run.CreatedAt), run);
        return default;
    }

    public ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken) => inner.FindChainAsync(tenant, id, cancellationToken);

    public ValueTask<EventPage> ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken) =>
        inner.ReadEventsAsync(id, after, maxBytes, cancellationToken);

    public ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) =>
        inner.FindByIdempotencyKeyAsync(tenant, key, cancellationToken);

    public async ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        var deleted = await inner.DeleteAsync(tenant, id, cancellationToken);
        if (deleted)
            _unended.TryRemove(id, out _);
        return deleted;
    }

    public ValueTask<IReadOnlyList<StoredResponse>> TakeOverAsync(CancellationToken cancellationToken) => inner.TakeOverAsync(cancellationToken);

    public async ValueTask<StoredResponse?> TakeOverAsync(string id, string owner)
    {
        if (await inner.TakeOverAsync(id) is not { } response)
            return null;
        _unended[id] = (owner, response.CreatedAt);
        return response with { Owner = owner };
    }

    public ValueTask<IReadOnlyList<UnendedRun>> ListAsync(CancellationToken cancellationToken) =>
        new([.. _unended.OrderBy(run => run.Value.CreatedAt).Select(run => new UnendedRun(run.Key, run.Value.Owner))]);

    public ValueTask RenewAsync(string owner, TimeSpan lease)
    {
        var now = time.GetUtcNow();
        _leases[owner] = now + lease;
        foreach (var over in _leases.Where(held => held.Value <= now).ToList())
            _leases.TryRemove(over);
        return default;
    }

    public ValueTask<IReadOnlySet<string>> AliveAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return new(owners.Where(owner => _leases.TryGetValue(owner, out var until) && until > now).ToHashSet(StringComparer.Ordinal));
    }
}
