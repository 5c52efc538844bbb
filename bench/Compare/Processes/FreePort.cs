using System.Net;
using System.Net.Sockets;

namespace AiGateway.Bench.Compare.Processes;

internal static class FreePort
{
    public static IPEndPoint Next()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)listener.LocalEndPoint!;
    }
}
