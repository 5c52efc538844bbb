using System.Buffers.Text;
using System.Text;

namespace AiGateway.Bench.Compare.Wire;

/// <summary>What a load generator needs to know of a response's status line and headers.</summary>
internal readonly record struct ResponseHead(int Status, long? ContentLength, bool IsChunked, bool Closes)
{
    /// <summary>Reads a head that has arrived whole.</summary>
    /// <param name="head">From the status line to before the empty line.</param>
    public static ResponseHead Parse(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..12], out int status, out _))
            throw new InvalidDataException("no HTTP/1.1 status line");

        long? length = null;
        var chunked = false;
        var closes = false;
        for (var next = head.IndexOf("\r\n"u8); next >= 0;)
        {
            head = head[(next + 2)..];
            next = head.IndexOf("\r\n"u8);
            var line = next < 0 ? head : head[..next];
            if (Value(line, "content-length:"u8) is { IsEmpty: false } digits)
                length = Utf8Parser.TryParse(digits, out long value, out _) ? value : throw new InvalidDataException("bad content-length");
            else if (Value(line, "transfer-encoding:"u8) is { IsEmpty: false } encoding)
                chunked = Ascii.EqualsIgnoreCase(encoding, "chunked"u8);
            else if (Value(line, "connection:"u8) is { IsEmpty: false } connection)
                closes = Ascii.EqualsIgnoreCase(connection, "close"u8);
        }

        return new ResponseHead(status, length, chunked, closes);
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name) ? line[name.Length..].Trim((byte)' ') : default;
}
