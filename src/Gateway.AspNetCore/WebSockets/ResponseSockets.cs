using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Pipeline;
using AiGateway.Pipeline.Turns;
using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>From an upgrade request to a connection of turns (<c>spec/responses.md</c> §15): who may not come in is told so before the upgrade, over HTTP.</summary>
internal sealed partial class ResponseSockets(
    GatewayPipeline pipeline,
    ResponseTurns turns,
    CallGauge calls,
    GatewayConfiguration configuration,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ResponseSockets> logger)
{
    private int _open;

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Serves an upgrade request, and then the connection to its end.</summary>
    /// <param name="context">The request.</param>
    public async Task ServeAsync(HttpContext context)
    {
        var id = Ids.New(Ids.Request, time);
        context.Response.Headers["x-request-id"] = id;
        var output = new HttpCallOutput(context.Response);

        // A browser sends such a request for any page, without asking here first; a key it would not have.
        if (!pipeline.Authenticates && IsForeign(context.Request))
        {
            await GatewayPipeline.WriteErrorAsync(TurnErrors.ForeignOrigin(), output, context.RequestAborted);
            return;
        }

        var remote = context.Connection.RemoteIpAddress;
        var headers = new HttpCallHeaders(context.Request.Headers);
        if (!await pipeline.AdmitAsync(new GatewayCall(id, ApiKind.Responses, headers, time) { RemoteAddress = remote }, output, context.RequestAborted))
            return;

        // Nothing is asked back: many clients answer only while they wait for a message, and between turns they may do other things for long.
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = configuration.Current.HeartbeatInterval, KeepAliveTimeout = Timeout.InfiniteTimeSpan });
        using var connection = new ResponseSocket(socket, id, headers, remote, turns, calls, configuration, time);
        Interlocked.Increment(ref _open);
        LogOpened(id);
        try
        {
            await connection.RunAsync(context.RequestAborted, lifetime.ApplicationStopping);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            LogClosed(id, connection.Turns, socket.CloseStatus);
        }
    }

    private static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is [{ } origin, ..]
        && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && request.Host.Value is { } host
            && string.Equals(from.Authority, host, StringComparison.OrdinalIgnoreCase));

    [LoggerMessage(1401, LogLevel.Debug, "The WebSocket {ConnectionId} is open.")]
    private partial void LogOpened(string connectionId);

    [LoggerMessage(1402, LogLevel.Debug, "The WebSocket {ConnectionId} is closed after {Turns} turns; the client's code is {Status}.")]
    private partial void LogClosed(string connectionId, long turns, System.Net.WebSockets.WebSocketCloseStatus? status);
}
