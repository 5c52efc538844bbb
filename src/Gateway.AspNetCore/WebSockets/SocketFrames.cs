using System.Net.WebSockets;
using AiGateway.Pipeline;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>Sends JSON texts, one a message.</summary>
internal static class SocketFrames
{
    /// <summary>Sends one.</summary>
    /// <param name="socket">Where.</param>
    /// <param name="json">The text.</param>
    /// <param name="cancellationToken">Ends when the client leaves; a message under way is not ended well then, nor is the socket.</param>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public static async ValueTask SendAsync(WebSocket socket, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        // One that is cancelled already would break the socket, over which an error may still have to be told.
        if (cancellationToken.IsCancellationRequested)
            throw new ClientLeftException();
        try
        {
            await socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (Exception e) when (IsGone(e))
        {
            throw new ClientLeftException();
        }
    }

    /// <summary>Whether an exception of a socket means that nobody is there any more.</summary>
    public static bool IsGone(Exception exception) =>
        exception is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException;
}
