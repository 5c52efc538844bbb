using System.Buffers.Binary;
using System.IO.Compression;

namespace AiGateway.Responses.Sealing;

/// <summary>
/// What is inside a sealed blob: the payload's length (4 bytes, big-endian), with the highest bit set where it is compressed, then the payload. The length
/// stands in front, so that opening never makes more memory than it says, and it may not say more than <see cref="MaxBytes"/>.
/// </summary>
internal static class SealedPayload
{
    /// <summary>The largest payload: 64 MiB.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const uint Compressed = 0x8000_0000;
    private const int HeaderLength = 4;
    private const int WorthCompressing = 256;
    private const int Quality = 4;
    private const int Window = 22;

    /// <summary>Packs a payload, compressed where that makes it smaller.</summary>
    /// <param name="payload">The payload.</param>
    /// <exception cref="ArgumentException">It is larger than <see cref="MaxBytes"/>.</exception>
    public static byte[] Pack(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MaxBytes)
            throw new ArgumentException($"At most {MaxBytes} bytes can be sealed.", nameof(payload));
        if (payload.Length >= WorthCompressing)
        {
            // A destination that holds less than the payload: what would not get smaller does not fit.
            var packed = new byte[HeaderLength + payload.Length - 1];
            if (BrotliEncoder.TryCompress(payload, packed.AsSpan(HeaderLength), out var written, Quality, Window))
            {
                BinaryPrimitives.WriteUInt32BigEndian(packed, (uint)payload.Length | Compressed);
                return packed[..(HeaderLength + written)];
            }
        }

        var plain = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(plain, (uint)payload.Length);
        payload.CopyTo(plain.AsSpan(HeaderLength));
        return plain;
    }

    /// <summary>Unpacks a payload.</summary>
    /// <param name="packed">What <see cref="Pack"/> made.</param>
    /// <returns>The payload; null where it is none.</returns>
    public static byte[]? Unpack(ReadOnlySpan<byte> packed)
    {
        if (packed.Length < HeaderLength)
            return null;
        var header = BinaryPrimitives.ReadUInt32BigEndian(packed);
        var length = header & ~Compressed;
        if (length > MaxBytes)
            return null;
        packed = packed[HeaderLength..];
        if ((header & Compressed) == 0)
            return packed.Length == length ? packed.ToArray() : null;
        var payload = new byte[length];
        return BrotliDecoder.TryDecompress(packed, payload, out var written) && written == length ? payload : null;
    }
}
