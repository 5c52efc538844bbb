using System.Net;
using System.Text;

namespace AiGateway.Bench.Compare.Wire;

/// <summary>A request as an SDK sends it, made once and sent as it is.</summary>
internal static class RequestBytes
{
    private const string Key = "Authorization: Bearer sk-bench\r\n";

    public static byte[] Post(IPEndPoint target, Lane lane) => Post(target, lane.Path, lane.Body, lane.Streams);

    public static byte[] Post(IPEndPoint target, string path, string body, bool streams = false) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {target}\r\n{Key}Content-Type: application/json\r\n"
        + $"Accept: {(streams ? "text/event-stream" : "application/json")}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static byte[] Get(IPEndPoint target, string path) => Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: {target}\r\n{Key}\r\n");
}
