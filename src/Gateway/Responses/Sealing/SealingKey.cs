using System.Security.Cryptography;

namespace AiGateway.Responses.Sealing;

/// <summary>A key that clients' blobs are sealed with: 256 bits.</summary>
internal sealed class SealingKey
{
    /// <summary>The length of a key in bytes.</summary>
    public const int Length = 32;

    /// <summary>The length of a key's id in bytes: enough to tell the few keys of one gateway apart.</summary>
    public const int IdLength = 4;

    private readonly byte[] _key;
    private readonly byte[] _id;

    /// <summary>Takes a key.</summary>
    /// <param name="key">32 bytes; copied.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public SealingKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Length)
            throw new ArgumentException($"A sealing key has {Length} bytes.", nameof(key));
        _key = key.ToArray();

        // Derived, so that nobody has to name keys; one way, since it stands in every blob.
        _id = HMACSHA256.HashData(key, "AiGateway sealing key id"u8)[..IdLength];
    }

    /// <summary>What a blob says of its key.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>The cipher. One for each use: it is cheap, and not safe to share between threads.</summary>
    public AesGcm Cipher(int tagLength) => new(_key, tagLength);

    /// <summary>Reads a key as settings have it.</summary>
    /// <param name="base64">Base64 of 32 bytes.</param>
    /// <returns>The bytes; null where it is not that.</returns>
    public static byte[]? Parse(string base64)
    {
        var bytes = new byte[Length];
        return Convert.TryFromBase64String(base64.Trim(), bytes, out var length) && length == Length ? bytes : null;
    }
}
