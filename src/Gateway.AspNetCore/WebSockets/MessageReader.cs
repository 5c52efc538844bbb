using System.Net.WebSockets;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>Reads a client's messages whole, however they are cut, within a bound. A socket on which nothing comes holds no buffer.</summary>
/// <param name="socket">Where from.</param>
/// <param name="maxBytes">How large a message may be.</param>
internal sealed class MessageReader(WebSocket socket, Func<long> maxBytes)
{
    private const int FirstBytes = 4096;

    /// <summary>Reads the next message.</summary>
    /// <returns>The message; one that is too large is read to its end and dropped.</returns>
    /// <exception cref="WebSocketException">The client is gone, or does not keep to the protocol.</exception>
    public async ValueTask<SocketMessage> ReadAsync()
    {
        // Nothing fits in here: what comes is only waited for.
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        var (buffer, count, isTooLarge, limit) = (Array.Empty<byte>(), 0, false, maxBytes());
        while (true)
        {
            if (received.MessageType == WebSocketMessageType.Close)
                return new SocketMessage(SocketMessageKind.Close);
            count += received.Count;
            if (count > limit)
                (isTooLarge, count) = (true, 0);
            if (received.EndOfMessage)
                return isTooLarge ? new SocketMessage(SocketMessageKind.TooLarge) : new SocketMessage(SocketMessageKind.Message, buffer.AsMemory(0, count));
            if (count == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Clamp(2L * buffer.Length, FirstBytes, Math.Max(FirstBytes, Math.Min(limit + 1, Array.MaxLength))));
            received = await socket.ReceiveAsync(buffer.AsMemory(count), CancellationToken.None);
        }
    }
}
