using System.Buffers;
using AiGateway.Pipeline.Compaction;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses;
using AiGateway.Routing;
using AiGateway.Routing.Failover;
using AiGateway.Translation;
using AiGateway.Translation.NativeResponses;

namespace AiGateway.Pipeline;

/// <summary>Asks a provider for a response: its context is compacted where that is due, then each route that is tried gets a request of its own, in its own API.</summary>
internal sealed class ResponseRequests(AnswerCache cache, ModelContexts contexts, ServerCompaction compaction)
{
    /// <summary>Asks.</summary>
    /// <param name="response">The response.</param>
    /// <param name="plan">Where it can be made.</param>
    /// <param name="output">Where its client is told of the cache; null for nobody.</param>
    /// <param name="cancellationToken">Ends when the client leaves, or the response is cancelled.</param>
    /// <returns>A successful answer, and whose it is: one of responses is native, one of chat is to be translated.</returns>
    /// <exception cref="GatewayException">No provider gave one, or the model could not be asked for a summary, or the context does not fit.</exception>
    public async ValueTask<Served> SendAsync(ResponseCall response, RoutePlan plan, CallOutput? output, CancellationToken cancellationToken)
    {
        var (call, request) = (response.Call, response.Request);
        response.Compaction = await compaction.ApplyAsync(request, response.Items, call, plan, cancellationToken);
        if (response.Compaction is not null)
            call.Usage = call.Meter.UsageBefore = response.Compaction.Usage;
        return await cache.SendAsync(
            call,
            plan,
            (Contexts: contexts, Response: response),
            static (route, state, token) => PrepareAsync(state.Contexts, state.Response, route, token),
            mayRunTwice: request is { Store: false, Background: false },
            output,
            cancellationToken);
    }

    private static async ValueTask<ProviderCall> PrepareAsync(ModelContexts contexts, ResponseCall response, Route route, CancellationToken cancellationToken)
    {
        var items = await contexts.PrepareAsync(response, route, cancellationToken);
        var api = route.ApiFor(ApiKind.Responses);
        var body = new ArrayBufferWriter<byte>(1024);
        if (api == ApiKind.Responses)
            NativeRequest.Write(body, response.Request, items, route.ProviderModel);
        else
            ResponsesToChat.Write(body, response.Request, items, route.ProviderModel, response.Request.Stream, route.Provider.Options);
        return new ProviderCall { Api = api, Body = body.WrittenMemory, Stream = response.Call.Request.Stream, ClientHeaders = response.Call.Headers };
    }
}
