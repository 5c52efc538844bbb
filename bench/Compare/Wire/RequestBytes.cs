using System.Net;
using System.Text;

namespace AiGateway.Bench.Compare.Wire;

/// <summary>A request as an SDK sends it, made once and sent as it is.</summary>
internal static class RequestBytes
{
    public static byte[] Post(IPEndPoint target, Lane lane) => Encoding.UTF8.GetBytes(
        $"POST {lane.Path} HTTP/1.1\r\nHost: {target}\r\nAuthorization: Bearer sk-bench\r\nContent-Type: application/json\r\n"
        + $"Accept: {(lane.Streams ? "text/event-stream" : "application/json")}\r\nContent-Length: {Encoding.UTF8.GetByteCount(lane.Body)}\r\n\r\n{lane.Body}");

    public static byte[] Get(IPEndPoint target, string path) => Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: {target}\r\n\r\n");
}
