using System.Net;
using System.Net.Sockets;

namespace AiGateway.Upstream;

/// <summary>An address where connecting never ends: its backlog is full, so the kernel drops what else knocks.</summary>
public sealed class UnreachableAddress : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _filler = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private UnreachableAddress()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
    }

    /// <summary>Fills the backlog.</summary>
    public static async Task<UnreachableAddress> CreateAsync()
    {
        var address = new UnreachableAddress();
        using var patience = new CancellationTokenSource(Patience);
        await address._filler.ConnectAsync(address._listener.LocalEndPoint!, patience.Token);

        // Linux lets one connection more wait than it was told, which was none. It is known to wait when there is one to accept:
        // whether another attempt hangs would be a guess on a machine that may be slow.
        if (address._listener.Poll(Patience, SelectMode.SelectRead)) return address;
        address.Dispose();
        throw new InvalidOperationException("This system's backlog cannot be filled.");
    }

    /// <summary><c>http://127.0.0.1:port/v1</c></summary>
    public string BaseUrl => DeadUrl.Of(_listener.LocalEndPoint);

    public void Dispose()
    {
        _filler.Dispose();
        _listener.Dispose();
    }
}
