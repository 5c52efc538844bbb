using System.Net;
using System.Net.Sockets;
using System.Text;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Clients;

/// <summary>A provider that streams one event without end, as fast as it is taken from it, and counts.</summary>
public sealed class PouringUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _callerLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _piece;
    private Task _serving = Task.CompletedTask;
    private long _sent;
    private volatile Task _sending = Task.CompletedTask;

    private PouringUpstream(string json)
    {
        var frames = string.Concat(Enumerable.Repeat($"data: {json}\n\n", 16));
        _piece = Encoding.ASCII.GetBytes($"{frames.Length:x}\r\n{frames}\r\n");
    }

    public string BaseUrl => $"http://{_listener.LocalEndpoint}/v1";

    /// <summary>Bytes that the kernel has taken.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Completes when the caller has closed the connection.</summary>
    public Task CallerLeft => _callerLeft.Task;

    public static PouringUpstream Start(string json)
    {
        var upstream = new PouringUpstream(json);
        upstream._listener.Start();
        upstream._serving = upstream.ServeAsync();
        return upstream;
    }

    /// <summary>Waits until it has been kept from sending for a while; answers how much it had sent by then.</summary>
    public async Task<long> WaitUntilHeldBackAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await _sending.WithinAsync(TimeSpan.FromMilliseconds(500));
                await Task.Yield();
            }
            catch (TimeoutException)
            {
                return Sent;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            using var socket = await _listener.AcceptSocketAsync();
            socket.SendBufferSize = 64 * 1024;
            await ReadRequestAsync(socket);
            await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"));
            while (true)
            {
                _sending = socket.SendAsync(_piece);
                await _sending;
                Interlocked.Add(ref _sent, _piece.Length);
            }
        }
        catch (SocketException)
        {
            _callerLeft.TrySetResult();
        }
    }

    private static async Task ReadRequestAsync(Socket socket)
    {
        var text = "";
        var buffer = new byte[4096];
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal) || !text.EndsWith('}'))
            text += Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
    }
}
