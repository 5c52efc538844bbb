using System.Net;
using System.Net.Sockets;

namespace AiGateway.Upstream;

/// <summary>An address where connecting never ends: its backlog is full, so the kernel drops what else knocks.</summary>
public sealed class UnreachableAddress : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fillers = [];

    private UnreachableAddress()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
    }

    /// <summary>Fills the backlog until a connection attempt is left hanging.</summary>
    public static async Task<UnreachableAddress> CreateAsync()
    {
        var address = new UnreachableAddress();
        for (var i = 0; i < 16; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            address._fillers.Add(filler);
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                await filler.ConnectAsync(address._listener.LocalEndPoint!, patience.Token);
            }
            catch (OperationCanceledException)
            {
                return address;
            }
        }

        address.Dispose();
        throw new InvalidOperationException("This system's backlog cannot be filled.");
    }

    /// <summary><c>http://127.0.0.1:port/v1</c></summary>
    public string BaseUrl => DeadUrl.Of(_listener.LocalEndPoint);

    public void Dispose()
    {
        foreach (var filler in _fillers) filler.Dispose();
        _listener.Dispose();
    }
}
