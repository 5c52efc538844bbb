using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Limits;
using AiGateway.Metering;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;
using AiGateway.Responses.Running;
using AiGateway.Tenants;

namespace AiGateway.Pipeline.Background;

/// <summary>Runs a background response: from what is kept of its request, so that it makes no difference whether its client, or the process that took it in, is still there.</summary>
internal sealed class ResponseRunner(
    Exchange exchange,
    ResponseHistory history,
    ModelContexts contexts,
    ResponseMaker maker,
    HookSet hooks,
    CallMetering metering,
    Admission admission,
    AccessDirectory directory,
    TimeProvider time) : IResponseRunner
{
    public async Task RunAsync(ResponseRun run, CancellationToken cancellationToken)
    {
        var kept = run.Response.Run!;
        var call = new GatewayCall(kept.RequestId, ApiKind.Responses, new KeptHeaders(kept.Headers), time)
        {
            Access = AccessOf(run.Response),
            AskedModel = kept.AskedModel,
            Request = new ResponsesRequest(kept.Body),
        };
        call.Meter.ResponseId = run.Response.Id;
        run.Measured = status => metering.RecordNow(call, OutcomeOf(status, call.Meter.Outcome));
        metering.Begin(call);
        try
        {
            await admission.AdmitAsync(call, isRun: true, cancellationToken);
            using var request = CreateResponseParser.Parse(kept.Body);
            var context = await history.LoadAsync(request, run.Response.Tenant, null, cancellationToken, run.Response.ConversationPosition);
            var opened = await OpenAsync(call, request, context, cancellationToken);
            using var response = new ResponseCall(call, request, context, run.Response.Id, run.Response.CreatedAt)
            {
                Items = opened.Items,
                PreferredProvider = opened.PreferredProvider,
                Keeper = new RunKeeper(run),
                NextSequence = request.Stream ? await TellAsync(run, call, cancellationToken) : 1,
            };
            await MakeAsync(response, run, cancellationToken);
        }
        catch (Exception e) when (!ClientLeftException.Is(e, cancellationToken))
        {
            // Before its stream could say so by itself.
            var error = GatewayPipeline.ErrorOf(e);
            if (call.Verdict is { } verdict)
                await verdict.BrokeAsync(e);
            await hooks.ErrorAsync(call, error, e, cancellationToken);
            CallMetering.Fail(call, error);
            await run.FailAsync(error);
        }
        finally
        {
            call.Meter.Outcome = OutcomeOf(run.EndsAs, call.Meter.Outcome);
            metering.End(call);
        }
    }

    private static CallOutcome OutcomeOf(string? status, CallOutcome otherwise) => status switch
    {
        ResponseStatus.Cancelled => CallOutcome.Cancelled,
        ResponseStatus.Failed => CallOutcome.Failed,
        ResponseStatus.Incomplete => CallOutcome.Incomplete,
        _ => otherwise,
    };

    // What its key may is what it may now; of one that is not known here, since a hook vouched for it or it was removed, what it might when the response was created.
    private CallerAccess AccessOf(StoredResponse response)
    {
        if (response.KeyId is { } id && directory.ById(id) is { } key && key.Access.Tenant == response.Tenant)
            return key.Access;
        var access = new CallerAccess(response.Tenant, response.KeyId);
        return response.Run!.KeyLimit is not { } limit ? access : access with
        {
            Limits = new LimitOptions { RequestsPerMinute = limit.Requests, TokensPerMinute = limit.Tokens, InFlight = limit.InFlight },
            Budgets = [.. limit.Budgets.Select(budget => new BudgetOptions { Per = budget.Per, Tokens = budget.Tokens, Cost = budget.Cost })],
        };
    }

    private async ValueTask<OpenedContext> OpenAsync(GatewayCall call, CreateResponse request, ResponseContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await contexts.OpenAsync(call, request, context.Items, cancellationToken);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    // Its client knows that it was created and waits; now it hears that it runs.
    private async ValueTask<long> TellAsync(ResponseRun run, GatewayCall call, CancellationToken cancellationToken)
    {
        using var events = new ResponseEventWriter(hooks, call, new RunSink(run), cancellationToken, run.NextSequence);
        await ResponseLifeEvents.WriteAsync(events, "response.in_progress", run.Response.Body.Span);
        return events.Next;
    }

    private async ValueTask MakeAsync(ResponseCall response, ResponseRun run, CancellationToken cancellationToken)
    {
        var plan = exchange.Plan(response.Call, response.PreferredProvider);
        if (response.Request.Stream)
        {
            await maker.StreamAsync(response, plan, new RunWriter(), new RunSink(run), cancellationToken);
            return;
        }

        var (status, body) = await maker.MakeWholeAsync(response, plan, cancellationToken);
        run.Stage(status, await exchange.ShowAsync(response.Call, body, cancellationToken));
    }
}
