using AiGateway.Hooks;

namespace AiGateway.Pipeline.Turns;

/// <summary>
/// Serves the turns of a connection: each is a call of its own, which walks as a streamed create does, but may continue what the connection remembers.
/// </summary>
internal sealed class ResponseTurns(GatewayPipeline pipeline, ResponsesHandler responses, WarmUps warmUps)
{
    /// <summary>Serves one turn to its end.</summary>
    /// <param name="call">The turn's call.</param>
    /// <param name="utf8">What the client sent.</param>
    /// <param name="connection">The connection's memory.</param>
    /// <param name="output">Where events, or an error, go.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>False where the caller may not call any more.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async ValueTask<bool> ServeAsync(
        GatewayCall call, ReadOnlyMemory<byte> utf8, ConnectionTurns connection, CallOutput output, CancellationToken cancellationToken)
    {
        TurnMessage? message = null;
        await pipeline.InvokeAsync(
            call,
            _ =>
            {
                connection.Begin(call.Tenant);
                message = TurnMessage.Read(utf8.Span);
                return new(message.ToRequest());
            },
            (_, to, token) => message!.Generates
                ? responses.HandleAsync(call, connection, to, token)
                : warmUps.HandleAsync(call, connection, to, token),
            output,
            cancellationToken,
            connection);
        if (message is null)
            return false;
        connection.End(message.PreviousResponseId);
        return true;
    }
}
