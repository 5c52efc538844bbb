using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AiGateway.Caching;

/// <summary>Puts a key together out of all that an answer depends on. Each part goes in with its length, so that none can be taken for another.</summary>
internal sealed class CacheKey : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds a part.</summary>
    /// <param name="part">The part; null is not the same as empty.</param>
    public CacheKey Add(string? part) => Add(part is null ? -1 : part.Length, MemoryMarshal.AsBytes(part.AsSpan()));

    /// <inheritdoc cref="Add(string)"/>
    public CacheKey Add(ReadOnlySpan<byte> part) => Add(part.Length, part);

    /// <summary>The key.</summary>
    public UInt128Pair ToKey()
    {
        Span<byte> hash = stackalloc byte[32];
        _hash.GetHashAndReset(hash);
        return new UInt128Pair(BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
    }

    public void Dispose() => _hash.Dispose();

    private CacheKey Add(int length, ReadOnlySpan<byte> part)
    {
        Span<byte> prefix = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, length);
        _hash.AppendData(prefix);
        _hash.AppendData(part);
        return this;
    }
}
