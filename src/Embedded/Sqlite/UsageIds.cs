using System.Buffers.Binary;

namespace AiGateway.Embedded.Sqlite;

/// <summary>How ids stand in segments: the gateway's own in the 24 bytes that they were made of, behind the number of their prefix.</summary>
internal static class UsageIds
{
    /// <summary>The bytes of an own id.</summary>
    public const int Bytes = Digits / 2;

    private const int Digits = 48;

    /// <summary>Reads an own id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="bytes">Its bytes: 24.</param>
    /// <returns>The length of its prefix; -1 where it is of another form.</returns>
    public static int Read(string id, Span<byte> bytes)
    {
        var prefix = id.Length - Digits;
        if (prefix < 0)
            return -1;
        var digits = id.AsSpan(prefix);

        // Capitals would not come back.
        return !digits.ContainsAnyInRange('A', 'F') && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? prefix : -1;
    }

    /// <summary>Makes the id again.</summary>
    public static string Write(string prefix, ReadOnlySpan<byte> bytes) => prefix + Convert.ToHexStringLower(bytes);

    /// <summary>A number by which ids can be told apart, nearly always.</summary>
    public static ulong Number(string id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        return Read(id, bytes) < 0 ? (uint)id.GetHashCode(StringComparison.Ordinal) : BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..]);
    }
}
