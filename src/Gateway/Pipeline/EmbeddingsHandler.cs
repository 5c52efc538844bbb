using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Translation;

namespace AiGateway.Pipeline;

/// <summary>Serves <c>POST /v1/embeddings</c>: relayed, with vectors in the form that the client asked for.</summary>
internal sealed class EmbeddingsHandler(Exchange exchange, AnswerCache cache) : IApiHandler
{
    public ApiKind Api => ApiKind.Embeddings;

    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        var plan = exchange.Plan(call);
        var format = EmbeddingFormat.Asked(call.Request.Utf8.Span);
        var served = await cache.SendAsync(
            call, plan, call, static (route, call, _) => new(Exchange.Prepare(route, call)), mayRunTwice: true, output, cancellationToken);
        await using var answer = served.Answer;
        exchange.CopyHeaders(served, output);
        var body = await WholeAnswer.ReadAsync(call, answer, cancellationToken);
        await exchange.WriteAsync(call, EmbeddingFormat.Convert(body, format), output, cancellationToken);
    }
}
