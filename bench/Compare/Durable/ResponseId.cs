using System.Text;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>Finds ids in bodies.</summary>
internal static class ResponseId
{
    /// <summary>The first id of a response.</summary>
    /// <exception cref="BenchException">There is none.</exception>
    public static string In(ReadOnlySpan<byte> body) => After(body, "\"id\":\"resp_"u8, "resp_");

    /// <summary>The first id at all.</summary>
    /// <exception cref="BenchException">There is none.</exception>
    public static string AnyIn(ReadOnlySpan<byte> body) => After(body, "\"id\":\""u8, "");

    private static string After(ReadOnlySpan<byte> body, ReadOnlySpan<byte> mark, string prefix)
    {
        var at = body.IndexOf(mark);
        var rest = at < 0 ? default : body[(at + mark.Length)..];
        var end = rest.IndexOf((byte)'"');
        return end < 0
            ? throw new BenchException($"no id in {Encoding.UTF8.GetString(body[..Math.Min(body.Length, 200)])}")
            : prefix + Encoding.ASCII.GetString(rest[..end]);
    }
}
