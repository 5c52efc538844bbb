using System.Diagnostics.CodeAnalysis;

namespace AiGateway.Caching;

/// <summary>
/// Keeps values within a bound of bytes that holds at every moment: what was used the longest time ago goes first. (<c>MemoryCache</c> refuses what is new when it is full, and makes
/// room later.) One lock, held for a few pointers' time.
/// </summary>
/// <typeparam name="TValue">What is kept.</typeparam>
internal sealed class LruStore<TValue>
    where TValue : class
{
    // Of the bookkeeping: entry, list node, table slot.
    private const int EntryBytes = 256;

    private readonly Dictionary<UInt128Pair, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private readonly Lock _gate = new();
    private long _bytes;

    /// <summary>The bytes that are taken up.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>Finds a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    public bool TryGet(UInt128Pair key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                value = null;
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    /// <summary>Keeps a value, in the place of what was there under its key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="maxBytes">The bound on all values, which may have changed. One that is larger alone is not kept.</param>
    public void Set(UInt128Pair key, TValue value, long bytes, long maxBytes)
    {
        bytes += EntryBytes;
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var before))
                Remove(before);
            if (bytes <= maxBytes)
            {
                _entries[key] = _byUse.AddFirst(new Entry(key, value, bytes));
                _bytes += bytes;
            }

            while (_bytes > maxBytes)
                Remove(_byUse.Last!);
        }
    }

    /// <summary>Lets go of a value.</summary>
    /// <param name="key">Its key.</param>
    public void Remove(UInt128Pair key)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var node))
                Remove(node);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Bytes;
    }

    private sealed record Entry(UInt128Pair Key, TValue Value, long Bytes);
}
