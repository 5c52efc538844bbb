using System.Buffers.Binary;
using System.IO.Compression;

namespace AiGateway.Providers.Demo;

/// <summary>Draws a 64 × 64 pattern as a PNG.</summary>
internal static class DemoPng
{
    private const int Side = 64;
    private static readonly uint[] CrcTable = MakeCrcTable();

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Draws.</summary>
    /// <param name="seed">Decides colours and pattern.</param>
    /// <param name="block">The side of a square of one colour, in pixels: 1 for the finished image, more for one that is still coming.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Draw(ulong seed, int block)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Side);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], Side);
        header[8] = 8; // bits per channel
        header[9] = 2; // red, green, blue
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Pixels(seed, block));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Pixels(ulong seed, int block)
    {
        using var data = new MemoryStream();
        using (var deflate = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            Span<byte> row = stackalloc byte[1 + (3 * Side)]; // each row starts with its filter: none
            for (var y = 0; y < Side; y++)
            {
                for (var x = 0; x < Side; x++)
                {
                    var (u, v) = (x / block * block, y / block * block);
                    row[1 + (3 * x)] = (byte)((u * (int)(1 + (seed & 7))) + (int)(seed >> 8 & 0xFF));
                    row[2 + (3 * x)] = (byte)((v * (int)(1 + (seed >> 16 & 7))) + (int)(seed >> 24 & 0xFF));
                    row[3 + (3 * x)] = (byte)(((u ^ v) * (int)(1 + (seed >> 32 & 3))) + (int)(seed >> 40 & 0xFF));
                }

                deflate.Write(row);
            }
        }

        return data.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data)
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var entry = i;
            for (var bit = 0; bit < 8; bit++)
                entry = (entry & 1) != 0 ? 0xEDB8_8320 ^ (entry >> 1) : entry >> 1;
            table[i] = entry;
        }

        return table;
    }
}
