using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AiGateway.Tenants;

/// <summary>
/// Slows who guesses keys: an address (of IPv6, its /64) that came with ten wrong keys gets one further guess each six seconds; until then no key that comes
/// from there is looked at, but for those that were good there before: a neighbour behind the same address goes on. Within a bound of memory.
/// </summary>
internal sealed class FailedAttempts(TimeProvider time)
{
    private const int Guesses = 10;
    private const int MostAddresses = 10_000;
    private const int MostGood = 50_000;
    private static readonly TimeSpan PerGuess = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<UInt128, long> _emptyUntil = [];
    private readonly ConcurrentDictionary<(UInt128, string), bool> _good = [];

    /// <summary>How long an address has to wait for its next guess; null where it need not.</summary>
    /// <param name="address">The address; null where there is none.</param>
    /// <param name="key">The key that it came with, where that is known.</param>
    public TimeSpan? Slows(IPAddress? address, KnownKey? key = null)
    {
        if (_emptyUntil.IsEmpty || address is null || !_emptyUntil.TryGetValue(Name(address), out var full))
            return null;

        // As a bucket that is full again at that time: of ten guesses, one comes back each six seconds.
        var debt = time.GetElapsedTime(time.GetTimestamp(), full);
        if (debt <= TimeSpan.Zero)
        {
            _emptyUntil.TryRemove(Name(address), out _);
            return null;
        }

        var wait = debt - ((Guesses - 1) * PerGuess);
        return wait <= TimeSpan.Zero || (key?.Access.KeyId is { } id && _good.ContainsKey((Name(address), id))) ? null : wait;
    }

    /// <summary>Notes a wrong key.</summary>
    public void Add(IPAddress? address)
    {
        if (address is null)
            return;
        if (_emptyUntil.Count >= MostAddresses)
            DropOld();
        var now = time.GetTimestamp();
        var more = (long)(PerGuess.TotalSeconds * time.TimestampFrequency);
        _emptyUntil.AddOrUpdate(Name(address), now + more, (_, full) => Math.Max(full, now) + more);
    }

    /// <summary>Notes a key that was good.</summary>
    public void Note(IPAddress? address, KnownKey key)
    {
        if (address is null || key.Access.KeyId is not { } id || address.Equals(key.LastAddress))
            return;
        key.LastAddress = address;
        if (_good.Count >= MostGood)
            _good.Clear();
        _good[(Name(address), id)] = true;
    }

    private void DropOld()
    {
        var now = time.GetTimestamp();
        foreach (var (name, full) in _emptyUntil)
        {
            if (full <= now)
                _emptyUntil.TryRemove(name, out _);
        }

        // Then it is a crowd: who has the least to wait for goes first.
        if (_emptyUntil.Count >= MostAddresses)
        {
            foreach (var (name, _) in _emptyUntil.OrderBy(entry => entry.Value).Take(MostAddresses / 2).ToList())
                _emptyUntil.TryRemove(name, out _);
        }
    }

    private static UInt128 Name(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
            bytes[8..].Clear();
        return System.Runtime.InteropServices.MemoryMarshal.Read<UInt128>(bytes);
    }
}
