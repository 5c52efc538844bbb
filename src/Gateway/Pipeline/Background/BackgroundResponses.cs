using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Limits;
using AiGateway.Responses;
using AiGateway.Routing;

namespace AiGateway.Pipeline.Background;

/// <summary>Takes a background response in: it is kept, and handed to the engine to run, before its client hears of it (<c>spec/responses.md</c> §13).</summary>
internal sealed class BackgroundResponses(
    IResponseEngine engine, Exchange exchange, ResponseFollower follower, HookSet hooks, GatewayConfiguration configuration, Admission admission)
{
    /// <summary>Takes it in and answers.</summary>
    /// <param name="response">The response.</param>
    /// <param name="plan">Who may serve it.</param>
    /// <param name="idempotencyKey">The key by which a repeated create finds it; null for none.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves; the response runs all the same.</param>
    /// <returns>False where the key was taken meanwhile: nothing is answered then.</returns>
    public async ValueTask<bool> HandleAsync(
        ResponseCall response, RoutePlan plan, IdempotencyKey? idempotencyKey, CallOutput output, CancellationToken cancellationToken)
    {
        var call = response.Call;
        var snapshot = response.Snapshot(configuration.Current);
        var events = response.Request.Stream ? await BeginAsync(response, snapshot, cancellationToken) : default;
        var stored = response.ToStored(snapshot) with
        {
            LastSequence = events.Count - 1,
            IdempotencyKey = idempotencyKey,
            Run = new RunRequest
            {
                RequestId = call.Id,
                Body = call.Request.Utf8,
                AskedModel = call.AskedModel,
                Headers = KeptHeaders.Of(call.Headers, plan.Model.Routes.Select(route => route.Provider.Options)),
                KeyLimit = admission.KeyLimitOf(call.Access),
            },
        };
        if (!await engine.StartAsync(stored, events, cancellationToken))
            return false;

        // They are kept by now, and need not be asked for.
        if (response.Request.Stream)
            await follower.SendAsync(call, stored, events, output, cancellationToken);
        else
            await exchange.WriteAsync(call, stored.Body, output, cancellationToken);
        return true;
    }

    private async ValueTask<EventPage> BeginAsync(ResponseCall response, ResponseSnapshot snapshot, CancellationToken cancellationToken)
    {
        var sink = new PageSink();
        using var events = new ResponseEventWriter(hooks, response.Call, sink, cancellationToken);
        var body = snapshot.Render();
        await ResponseLifeEvents.WriteAsync(events, "response.created", body.Span);
        await ResponseLifeEvents.WriteAsync(events, "response.queued", body.Span);
        return sink.Page;
    }
}
