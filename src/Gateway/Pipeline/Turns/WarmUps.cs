using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline.Turns;

/// <summary>
/// Serves a turn with <c>generate: false</c>: no model is asked, nothing is put out, but there is a response to continue (<c>spec/responses.md</c> §15).
/// </summary>
internal sealed class WarmUps(
    ForegroundResponses foreground, Exchange exchange, HookSet hooks, StreamEnding ending, GatewayConfiguration configuration, TimeProvider time)
{
    /// <summary>Serves it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="local">The connection's memory.</param>
    /// <param name="output">Where the events go.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="GatewayException">A turn with this request would have failed too.</exception>
    public async ValueTask HandleAsync(GatewayCall call, ILocalTurns local, CallOutput output, CancellationToken cancellationToken)
    {
        using var request = CreateResponseParser.Parse(call.Request.Utf8);
        if (request.Compacts)
            throw new GatewayException(GatewayErrors.WrongValue("generate", "A turn that ends with an item of type 'compaction_trigger' needs 'generate' to be true."));
        using var response = await foreground.PrepareAsync(call, request, local, cancellationToken);
        _ = exchange.Plan(call);
        await foreground.MakeAsync(response, local, null, (to, token) => TellAsync(response, to, token), output, cancellationToken);
    }

    private async ValueTask TellAsync(ResponseCall response, CallOutput output, CancellationToken cancellationToken)
    {
        var writer = output.OpenEvents();
        var snapshot = response.Snapshot(configuration.Current);
        using var events = new ResponseEventWriter(hooks, response.Call, new ClientStream(writer), cancellationToken);
        await ending.RunAsync(
            response.Call,
            writer,
            async () =>
            {
                await ResponseLifeEvents.WriteAsync(events, "response.created", snapshot.Render().Span);
                await ResponseLifeEvents.WriteAsync(events, "response.in_progress", snapshot.Render().Span);
                snapshot.Status = ResponseStatus.Completed;
                snapshot.CompletedAt = time.GetUtcNow().ToUnixTimeSeconds();
                snapshot.Usage = new TokenUsage(0, 0, 0);
                await EndAsync();
            },
            async error =>
            {
                snapshot.Status = ResponseStatus.Failed;
                snapshot.CompletedAt = null;
                snapshot.ErrorCode = ResponseErrorCode.For(error);
                snapshot.ErrorMessage = error.Message;
                await EndAsync();
            },
            cancellationToken);

        async ValueTask EndAsync()
        {
            var body = snapshot.Render();
            await response.KeepAsync(snapshot.Status, body, writer, cancellationToken);
            await ResponseLifeEvents.WriteAsync(events, "response." + snapshot.Status, body.Span);
            writer.WriteDone();
        }
    }
}
