using System.Net;
using System.Net.Sockets;

namespace AiGateway.Cluster.Tests;

/// <summary>Free ports of the loopback address, each given once.</summary>
internal static class Ports
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    public static int Free()
    {
        lock (Gate)
        {
            while (true)
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                if (((IPEndPoint)listener.LocalEndpoint).Port is var port && Given.Add(port))
                    return port;
            }
        }
    }
}
