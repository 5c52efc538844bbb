using System.Runtime.CompilerServices;
using AiGateway.Hooks;
using AiGateway.Pipeline.StoredCompletions;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing;

namespace AiGateway.Pipeline;

/// <summary>Serves <c>POST /v1/chat/completions</c>: relayed to a provider that speaks chat, translated for one that only speaks Responses.</summary>
internal sealed class ChatHandler(Exchange exchange, AnswerCache cache, ChatRelay relay, ChatOverResponses translated, CompletionKeeper completions) : IApiHandler
{
    public ApiKind Api => ApiKind.Chat;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        using var kept = completions.Begin(call);
        var served = await cache.SendAsync(
            call, exchange.Plan(call), call, static (route, call, _) => new(Prepare(route, call)), mayRunTwice: kept is null, output, cancellationToken);
        exchange.CopyHeaders(served, output);
        await using var answer = served.Api == ApiKind.Chat ? served.Answer : await translated.TranslateAsync(call, served, cancellationToken);
        await relay.RelayAsync(call, answer, kept, output, cancellationToken);
    }

    private static ProviderCall Prepare(Route route, GatewayCall call) => route.ApiFor(ApiKind.Chat) == ApiKind.Responses
        ? ChatOverResponses.Prepare(route, call)
        : new ProviderCall
        {
            Api = ApiKind.Chat,
            Body = RequestSplice.ForProvider(call.Request, route.ProviderModel, askUsage: route.Provider.Options.StreamUsage),
            Stream = call.Request.Stream,
            ClientHeaders = call.Headers,
        };
}
