using System.Net;
using System.Net.Sockets;

namespace AiGateway.Upstream;

/// <summary>An address that accepts TCP connections and never reads a byte nor says one.</summary>
public sealed class SilentAddress : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SilentAddress()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        // Connections complete in the kernel's backlog; nobody takes them from there.
        _socket.Listen(512);
    }

    /// <summary><c>http://127.0.0.1:port/v1</c></summary>
    public string BaseUrl => DeadUrl.Of(_socket.LocalEndPoint);

    public void Dispose() => _socket.Dispose();
}
