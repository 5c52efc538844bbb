using System.Net;
using System.Net.Sockets;

namespace AiGateway.Upstream;

/// <summary>An address that refuses connections: bound, so that nobody else gets it, and never listened on.</summary>
public sealed class RefusedAddress : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusedAddress() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary><c>http://127.0.0.1:port/v1</c></summary>
    public string BaseUrl => DeadUrl.Of(_socket.LocalEndPoint);

    public void Dispose() => _socket.Dispose();
}
