using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AiGateway.Upstream;

/// <summary>An address that accepts TCP connections and never reads a byte nor says one.</summary>
public sealed class SilentAddress : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<Socket> _connected = [];

    public SilentAddress()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        // Connections complete in the kernel's backlog; nobody has to take them from there.
        _socket.Listen(512);
    }

    /// <summary><c>http://127.0.0.1:port/v1</c></summary>
    public string BaseUrl => DeadUrl.Of(_socket.LocalEndPoint);

    /// <summary>Waits for the next connection.</summary>
    public async Task ConnectedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        _connected.Add(await _socket.AcceptAsync(patience.Token));
    }

    public void Dispose()
    {
        foreach (var connection in _connected) connection.Dispose();
        _socket.Dispose();
    }
}
