using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Translation;

namespace AiGateway.Pipeline;

/// <summary>Serves <c>POST /v1/embeddings</c>: relayed, with vectors in the form that the client asked for.</summary>
internal sealed class EmbeddingsHandler(Exchange exchange) : IApiHandler
{
    public ApiKind Api => ApiKind.Embeddings;

    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        var route = exchange.Resolve(call);
        var format = EmbeddingFormat.Asked(call.Request.Utf8.Span);
        var request = RequestSplice.ForProvider(call.Request, route.ProviderModel, askUsage: false);
        await using var answer = await Exchange.SendAsync(call, route, route.ApiFor(ApiKind.Embeddings), request, cancellationToken);
        Exchange.CopyHeaders(answer, output);
        var body = await WholeAnswer.ReadAsync(call, answer, cancellationToken);
        await exchange.WriteAsync(call, EmbeddingFormat.Convert(body, format), output, cancellationToken);
    }
}
