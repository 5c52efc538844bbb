using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AiGateway.Providers.Demo;

/// <summary>What the demo has instead of chance.</summary>
internal static class DemoHash
{
    /// <summary>48 hexadecimal characters for some bytes, as ids have them.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash[..24]);
    }

    /// <summary>As <see cref="Hex(ReadOnlySpan{byte})"/>, for a text.</summary>
    public static string Hex(string text) => Hex(Encoding.UTF8.GetBytes(text));

    /// <summary>A number for a text.</summary>
    public static ulong Number(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>The next of a row of numbers (SplitMix64).</summary>
    public static ulong Next(ref ulong state)
    {
        var z = state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
