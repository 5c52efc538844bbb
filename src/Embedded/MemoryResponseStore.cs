using AiGateway.Engine;

namespace AiGateway.Embedded;

/// <summary>
/// Keeps finished responses in this process's memory, within a bound: the response that was neither kept nor read for the longest time goes first.
/// Ends with the process.
/// </summary>
public sealed class MemoryResponseStore : IResponseStore
{
    /// <summary>The default bound: 128 MiB of bodies and inputs.</summary>
    public const long DefaultMaxBytes = 128L * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string? Tenant, string Id), LinkedListNode<StoredResponse>> _byId = [];
    private readonly LinkedList<StoredResponse> _byUse = new();
    private readonly long _maxBytes;
    private long _bytes;

    /// <summary>Creates an empty store.</summary>
    /// <param name="maxBytes">The most bytes of bodies and inputs to keep; at least one response is always kept.</param>
    public MemoryResponseStore(long maxBytes = DefaultMaxBytes) => _maxBytes = maxBytes;

    /// <summary>How many responses are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _byId.Count;
        }
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        lock (_gate)
        {
            Remove((response.Tenant, response.Id));
            _byId[(response.Tenant, response.Id)] = _byUse.AddLast(response);
            _bytes += response.Size;
            while (_bytes > _maxBytes && _byUse.Count > 1)
                Remove((_byUse.First!.Value.Tenant, _byUse.First.Value.Id));
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue((tenant, id), out var node))
                return new((StoredResponse?)null);
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return new(node.Value);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        lock (_gate)
            return new(Remove((tenant, id)));
    }

    private bool Remove((string? Tenant, string Id) key)
    {
        if (!_byId.Remove(key, out var node))
            return false;
        _byUse.Remove(node);
        _bytes -= node.Value.Size;
        return true;
    }
}
