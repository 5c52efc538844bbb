using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AiGateway.Bench.Compare.Wire;

/// <summary>
/// One keep-alive connection that sends ready-made requests and reads the answers: as little HTTP as can be, so that the generator is
/// not what is measured.
/// </summary>
internal sealed class WireConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[32 * 1024];
    private readonly ChunkedDecoder _decoder = new();
    private readonly GrowingBuffer _body = new(16 * 1024);

    private WireConnection()
    {
    }

    public ReadOnlySpan<byte> Body => _body.Span;

    /// <summary>The server closes after this response.</summary>
    public bool IsEnding { get; private set; }

    public static async Task<WireConnection> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        var connection = new WireConnection();
        try
        {
            await connection._socket.ConnectAsync(target, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and reads its response into <see cref="Body"/>. Ended early only by <see cref="Dispose"/>.</summary>
    /// <param name="progress">Called with the body so far whenever more of it has arrived.</param>
    /// <returns>The status.</returns>
    public async ValueTask<int> ExchangeAsync(ReadOnlyMemory<byte> request, IBodyProgress? progress = null)
    {
        _body.Clear();
        for (var sent = 0; sent < request.Length;)
            sent += await _socket.SendAsync(request[sent..]);

        var filled = 0;
        int headLength;
        do
        {
            filled += await ReceiveAsync(filled);
            headLength = _received.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }
        while (headLength < 0);

        var head = ResponseHead.Parse(_received.AsSpan(0, headLength));
        IsEnding = head.Closes;
        var start = headLength + 4;
        if (head.IsChunked)
            await ReadChunkedAsync(start, filled, progress);
        else if (head.ContentLength is { } length)
            await ReadCountedAsync(start, filled, length, progress);
        else
            throw new InvalidDataException("neither content-length nor chunked");
        return head.Status;
    }

    /// <summary>The body as text, for messages and for the checks before the measuring.</summary>
    public string BodyText() => Encoding.UTF8.GetString(Body);

    public void Dispose() => _socket.Dispose();

    private async ValueTask ReadChunkedAsync(int start, int filled, IBodyProgress? progress)
    {
        _decoder.Reset();
        while (true)
        {
            _decoder.Feed(_received.AsSpan(start, filled - start), _body);
            progress?.Arrived(Body);
            if (_decoder.IsDone)
                return;
            start = 0;
            filled = await ReceiveAsync(0);
        }
    }

    private async ValueTask ReadCountedAsync(int start, int filled, long length, IBodyProgress? progress)
    {
        while (true)
        {
            _body.Append(_received.AsSpan(start, filled - start));
            progress?.Arrived(Body);
            if (_body.Length == length)
                return;
            if (_body.Length > length)
                throw new InvalidDataException("bytes after the end of a body");
            start = 0;
            filled = await ReceiveAsync(0);
        }
    }

    private async ValueTask<int> ReceiveAsync(int at)
    {
        if (at == _received.Length)
            throw new InvalidDataException("headers too long");
        var count = await _socket.ReceiveAsync(_received.AsMemory(at));
        return count > 0 ? count : throw new InvalidDataException("connection closed in mid-response");
    }
}
