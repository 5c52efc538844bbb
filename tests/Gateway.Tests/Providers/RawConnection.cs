using System.Net.Sockets;
using System.Text;

namespace AiGateway.Tests.Providers;

internal sealed class RawConnection(Socket socket) : IDisposable
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the other side has been seen to leave.</summary>
    public Task Closed => _closed.Task;

    public void MarkClosed() => _closed.TrySetResult();

    /// <summary>Reads one request with its body; null when the other side closed instead.</summary>
    public async Task<RawRequest?> ReadRequestAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[16384];
        while (true)
        {
            var head = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0)
            {
                var request = new RawRequest(text.ToString()[..head], text.ToString()[(head + 4)..]);
                if (request.Body.Length >= request.ContentLength)
                    return request;
            }

            var count = await socket.ReceiveAsync(buffer);
            if (count == 0)
            {
                MarkClosed();
                return null;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
    }

    public async Task SendAsync(string text) => await socket.SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendJsonAsync(string json, int status = 200, string headers = "") => SendAsync(
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n{headers}\r\n{json}");

    public Task SendStreamHeadAsync(string headers = "") =>
        SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n{headers}\r\n");

    public Task SendChunkAsync(string text) => SendAsync($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n");

    public Task EndChunksAsync() => SendAsync("0\r\n\r\n");

    /// <summary>Waits for the other side to leave.</summary>
    public async Task WaitForCloseAsync()
    {
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A reset is a way to leave too.
        }

        MarkClosed();
    }

    /// <summary>Ends in order (FIN).</summary>
    public void Close() => socket.Close();

    /// <summary>Breaks off (RST).</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public void Dispose() => socket.Dispose();
}
