using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AiGateway.Tests.Providers;

/// <summary>A server that says exactly the bytes a test wants, on loopback.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<RawConnection, Task> _script;
    private readonly ConcurrentBag<RawConnection> _connections = [];
    private readonly Task _accepting;

    public RawServer(Func<RawConnection, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}";

    public int Connections => _connections.Count;

    /// <summary>Waits until each connection made so far has been closed by the other side.</summary>
    public Task AllClosedAsync() => Task.WhenAll(_connections.Select(c => c.Closed)).WaitAsync(Waits.Deadline);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new RawConnection(await _listener.AcceptSocketAsync());
                _connections.Add(connection);
                _ = RunAsync(connection);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task RunAsync(RawConnection connection)
    {
        try
        {
            await _script(connection);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            connection.MarkClosed();
        }
    }
}
