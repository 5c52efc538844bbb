using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AiGateway.Hooks;

namespace AiGateway.Tenants;

/// <summary>What authentication hooks said of keys, for as long as they said. Within a bound; keys themselves are not kept.</summary>
internal sealed class HookResults(TimeProvider time)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<(UInt128, UInt128), (AuthenticationResult Result, long Since)> _results = [];

    /// <summary>What was said of a key and still holds; null for nothing.</summary>
    /// <param name="key">The key; null for none.</param>
    public AuthenticationResult? Find(string? key)
    {
        if (key is null || _results.IsEmpty || !_results.TryGetValue(Name(key), out var known))
            return null;
        if (time.GetElapsedTime(known.Since) < known.Result.CacheFor)
            return known.Result;
        _results.TryRemove(Name(key), out _);
        return null;
    }

    /// <summary>Keeps a result as long as it says.</summary>
    /// <returns>The result.</returns>
    public AuthenticationResult Keep(string? key, AuthenticationResult result)
    {
        if (key is null || result.CacheFor <= TimeSpan.Zero)
            return result;
        if (_results.Count >= Most)
            DropOld();
        _results[Name(key)] = (result, time.GetTimestamp());
        return result;
    }

    private void DropOld()
    {
        foreach (var (name, known) in _results)
        {
            if (time.GetElapsedTime(known.Since) >= known.Result.CacheFor)
                _results.TryRemove(name, out _);
        }

        if (_results.Count >= Most)
            _results.Clear();
    }

    private static (UInt128, UInt128) Name(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return (BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
    }
}
