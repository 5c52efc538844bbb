using System.Buffers;

namespace AiGateway.Upstream;

/// <summary>What the hot path needs to know of a body, found by looking for bytes, not by parsing.</summary>
/// <remarks>Quotation marks inside a JSON string are escaped, so <c>"stream":</c> is found only as a key.</remarks>
internal readonly record struct BenchRequest(bool Stream, bool Usage, string? PacedModel)
{
    public static BenchRequest Of(ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment) return Of(body.FirstSpan);
        var rented = ArrayPool<byte>.Shared.Rent((int)body.Length);
        body.CopyTo(rented);
        var request = Of(rented.AsSpan(0, (int)body.Length));
        ArrayPool<byte>.Shared.Return(rented);
        return request;
    }

    private static BenchRequest Of(ReadOnlySpan<byte> body)
    {
        if (!IsTrue(body, "\"stream\":"u8)) return default;
        return new(true, IsTrue(body, "\"include_usage\":"u8), Paced(body));
    }

    private static bool IsTrue(ReadOnlySpan<byte> body, ReadOnlySpan<byte> key)
    {
        var at = body.IndexOf(key);
        return at >= 0 && body[(at + key.Length)..].TrimStart(" \n\r\t"u8).StartsWith("true"u8);
    }

    private static string? Paced(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("\"paced-"u8);
        if (at < 0) return null;
        var name = body[(at + 1)..];
        var end = name.IndexOf((byte)'"');
        return end < 0 ? null : System.Text.Encoding.ASCII.GetString(name[..end]);
    }
}
