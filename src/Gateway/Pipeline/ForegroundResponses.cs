using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Running;

namespace AiGateway.Pipeline;

/// <summary>Responses that their client's own call makes: how they begin, and that their end is kept where it is to be.</summary>
internal sealed class ForegroundResponses(
    ResponseHistory history, ModelContexts contexts, IResponseEngine engine, ResponseEnds ends, GatewayConfiguration configuration, TimeProvider time)
{
    /// <summary>Finds what a response builds on and gives it its id.</summary>
    /// <param name="call">The call.</param>
    /// <param name="request">The request; not disposed with the response.</param>
    /// <param name="local">The connection's memory; null where there is none.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="GatewayException">What it builds on is not there, or does not fit together.</exception>
    public async ValueTask<ResponseCall> PrepareAsync(GatewayCall call, CreateResponse request, ILocalResponses? local, CancellationToken cancellationToken)
    {
        var context = await history.LoadAsync(request, call.Tenant, local, cancellationToken);
        try
        {
            var opened = await contexts.OpenAsync(call, request, context.Items, cancellationToken);
            return new ResponseCall(call, request, context, Ids.NewResponse(time), time.GetUtcNow())
            {
                Items = opened.Items,
                PreferredProvider = opened.PreferredProvider,
            };
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Has a response made here.</summary>
    /// <param name="response">The response.</param>
    /// <param name="local">The connection's memory; null where there is none.</param>
    /// <param name="idempotencyKey">The key by which a repeated create finds it; null for none.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public async ValueTask MakeAsync(
        ResponseCall response,
        ILocalTurns? local,
        IdempotencyKey? idempotencyKey,
        Func<CallOutput, CancellationToken, ValueTask> make,
        CallOutput output,
        CancellationToken cancellationToken)
    {
        if (!response.Request.Store)
        {
            response.Keeper = local is null ? null : new LocalKeeper(local, response, null);
            await make(output, cancellationToken);
            return;
        }

        var options = configuration.Current;
        var stored = response.ToStored(response.Snapshot(options)) with { IdempotencyKey = idempotencyKey };
        await using var entered = engine.Enter(stored);
        var keeper = new ForegroundKeeper(entered, stored, ends);
        response.Keeper = local is null ? keeper : new LocalKeeper(local, response, keeper);
        if (options.Responses.GoesOnWithoutClient)
        {
            await make(new DetachableOutput(output), CancellationToken.None);
            return;
        }

        try
        {
            await make(output, cancellationToken);
        }
        catch (Exception e) when (ClientLeftException.Is(e, cancellationToken) && output.HasStarted && !keeper.HasEnded)
        {
            // Its client knows its id and may ask what became of it: to leave is to cancel (spec/responses.md §13).
            await keeper.KeepAsync(ResponseStatus.Cancelled, BodyStates.Cancelled(stored.Body));
            throw;
        }
    }
}
