using System.Net;
using System.Text;

namespace AiGateway.Bench.Compare.Wire;

/// <summary>A request as an SDK sends it, made once and sent as it is.</summary>
internal static class RequestBytes
{
    /// <summary>What every target gets; only the governed gateway asks for it.</summary>
    public const string CallerKey = "sk-bench-0123456789abcdef";

    private const string Key = $"Authorization: Bearer {CallerKey}\r\n";

    public static byte[] Post(IPEndPoint target, Lane lane) => Post(target, lane.Path, lane.Body, lane.Streams);

    public static byte[] Post(IPEndPoint target, string path, string body, bool streams = false) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {target}\r\n{Key}Content-Type: application/json\r\n"
        + $"Accept: {(streams ? "text/event-stream" : "application/json")}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static byte[] Get(IPEndPoint target, string path, string key = CallerKey) =>
        Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: {target}\r\nAuthorization: Bearer {key}\r\n\r\n");
}
