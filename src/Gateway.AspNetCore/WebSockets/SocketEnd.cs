using System.Net.WebSockets;
using AiGateway.Pipeline.Turns;
using AiGateway.Protocol;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>Why the gateway ends a connection.</summary>
/// <param name="Status">The close code.</param>
/// <param name="Reason">The close frame's text.</param>
/// <param name="Error">What is told before; null for nothing.</param>
internal sealed record SocketEnd(WebSocketCloseStatus Status, string Reason, GatewayError? Error = null)
{
    /// <summary>The caller's key is not good any more, as it was told already.</summary>
    public static SocketEnd Denied { get; } = new(WebSocketCloseStatus.PolicyViolation, "The key is not valid any more.");

    /// <summary>The process stops. Clients may come back at once.</summary>
    public static SocketEnd Stopping { get; } = new(WebSocketCloseStatus.EndpointUnavailable, "The gateway is stopping.");

    /// <summary>The connection is as old as it may get. Clients may come back at once.</summary>
    public static SocketEnd Expired(TimeSpan lifetime) =>
        new(WebSocketCloseStatus.EndpointUnavailable, "The connection's time is over.", TurnErrors.ConnectionLimit(lifetime));

    /// <summary>A message was larger than one may be.</summary>
    public static SocketEnd TooLarge(long limitBytes) =>
        new(WebSocketCloseStatus.MessageTooBig, "The message is too large.", GatewayErrors.TooLarge(limitBytes));
}
