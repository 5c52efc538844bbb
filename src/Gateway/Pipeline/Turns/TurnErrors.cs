using System.Globalization;
using AiGateway.Protocol;

namespace AiGateway.Pipeline.Turns;

/// <summary>The errors that only a connection of turns can give (<c>spec/responses.md</c> §15).</summary>
internal static class TurnErrors
{
    /// <summary>429: more turns wait on the connection than may.</summary>
    public static GatewayError QueueFull() => new(
        429,
        "rate_limit_error",
        "websocket_queue_full",
        "Too many requests wait for their turn on this connection. Wait for responses before you send more.");

    /// <summary>400: the connection is as old as it may get.</summary>
    /// <param name="lifetime">How old that is.</param>
    public static GatewayError ConnectionLimit(TimeSpan lifetime) => GatewayErrors.Invalid(
        string.Create(
            CultureInfo.InvariantCulture,
            $"Responses websocket connection limit reached ({lifetime.TotalMinutes:0.##} minutes). Create a new websocket connection to continue."),
        code: "websocket_connection_limit_reached");

    /// <summary>403: a web page of somewhere else tries to use the gateway by its visitor's browser.</summary>
    public static GatewayError ForeignOrigin() => new(
        403,
        GatewayErrors.InvalidRequestType,
        "origin_not_allowed",
        "Web pages of another origin may not open a WebSocket here as long as the gateway asks nobody for a key.");

    /// <summary>400: a field of a request over HTTP that means nothing here.</summary>
    /// <param name="field">The field.</param>
    public static GatewayError NotOverWebSocket(string field) =>
        GatewayErrors.Unsupported(field, $"Unsupported parameter: '{field}' must not be sent over a WebSocket.");
}
