using AiGateway.Hooks;
using AiGateway.Pipeline.StoredCompletions;
using AiGateway.Protocol;

namespace AiGateway.Pipeline;

/// <summary>Serves <c>POST /v1/chat/completions</c>: relayed to a provider that speaks chat, translated for one that only speaks Responses.</summary>
internal sealed class ChatHandler(Exchange exchange, ChatRelay relay, ChatOverResponses translated, CompletionKeeper completions) : IApiHandler
{
    public ApiKind Api => ApiKind.Chat;

    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        using var kept = completions.Begin(call);
        var route = exchange.Resolve(call);
        if (route.ApiFor(ApiKind.Chat) == ApiKind.Responses)
        {
            await translated.HandleAsync(call, route, kept, output, cancellationToken);
            return;
        }

        var body = RequestSplice.ForProvider(call.Request, route.ProviderModel, askUsage: route.Provider.Options.StreamUsage);
        await using var answer = await Exchange.SendAsync(call, route, ApiKind.Chat, body, cancellationToken);
        Exchange.CopyHeaders(answer, output);
        await relay.RelayAsync(call, answer, kept, output, cancellationToken);
    }
}
