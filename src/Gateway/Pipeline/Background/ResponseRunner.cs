using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;
using AiGateway.Responses.Running;
using AiGateway.Routing;

namespace AiGateway.Pipeline.Background;

/// <summary>Runs a background response: from what is kept of its request, so that it makes no difference whether its client, or the process that took it in, is still there.</summary>
internal sealed class ResponseRunner(
    Exchange exchange, ResponseHistory history, ModelContexts contexts, TranslatedResponses translated, NativeResponses native, HookSet hooks) : IResponseRunner
{
    public async Task RunAsync(ResponseRun run, CancellationToken cancellationToken)
    {
        var kept = run.Response.Run!;
        var call = new GatewayCall(kept.RequestId, ApiKind.Responses, new KeptHeaders(kept.Headers))
        {
            Tenant = run.Response.Tenant,
            AskedModel = kept.AskedModel,
            Request = new ResponsesRequest(kept.Body),
        };
        try
        {
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
            await hooks.ErrorAsync(call, error, e, cancellationToken);
            await run.FailAsync(error);
        }
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
        var route = exchange.Resolve(response.Call, response.PreferredProvider);
        var isNative = route.ApiFor(ApiKind.Responses) == ApiKind.Responses;
        if (response.Request.Stream)
        {
            var (writer, sink) = (new RunWriter(), new RunSink(run));
            await (isNative
                ? native.StreamAsync(response, () => native.SendAsync(response, route, cancellationToken), writer, sink, cancellationToken)
                : translated.StreamAsync(response, () => translated.SendAsync(response, route, cancellationToken), writer, sink, cancellationToken));
            return;
        }

        await using var answer = await (isNative ? native.SendAsync(response, route, cancellationToken) : translated.SendAsync(response, route, cancellationToken));
        var (status, body) = await (isNative
            ? native.ReadWholeAsync(response, answer, cancellationToken)
            : translated.ReadWholeAsync(response, answer, cancellationToken));
        run.Stage(status, await exchange.ShowAsync(response.Call, body, cancellationToken));
    }
}
