using AiGateway.Hooks;
using AiGateway.Pipeline.Background;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline;

/// <summary>
/// Serves <c>POST /v1/responses</c>: (1) check the request, (2) find what was created under its idempotency key, (3) load its context, (4) hand it to the
/// engine where it is to run without its client, or else (5) have it made here: relayed to a provider that speaks Responses, translated to chat for any other.
/// </summary>
internal sealed class ResponsesHandler(
    Exchange exchange,
    ForegroundResponses foreground,
    BackgroundResponses background,
    IdempotentCreates creates,
    ResponseMaker maker) : IApiHandler
{
    public ApiKind Api => ApiKind.Responses;

    public ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken) => HandleAsync(call, null, output, cancellationToken);

    /// <summary>Serves a request of a connection that remembers its last response.</summary>
    /// <param name="call">The call.</param>
    /// <param name="local">The connection's memory; null where there is none.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public async ValueTask HandleAsync(GatewayCall call, ILocalTurns? local, CallOutput output, CancellationToken cancellationToken)
    {
        using var request = CreateResponseParser.Parse(call.Request.Utf8);
        if (request is { Background: true, Store: false })
            throw new GatewayException(GatewayErrors.Unsupported("background", "A background response must be stored: 'background' needs 'store' to be true."));

        // Again only where another call took the key in between.
        var isAnswered = false;
        while (!isAnswered)
        {
            using var claim = request.Store ? await creates.ClaimAsync(call, cancellationToken) : null;
            if (claim?.Existing is { } existing)
            {
                await creates.AnswerAsync(call, existing, output, cancellationToken);
                return;
            }

            using var response = await foreground.PrepareAsync(call, request, local, cancellationToken);
            var plan = exchange.Plan(call, response.PreferredProvider);
            if (request.Background)
            {
                isAnswered = await background.HandleAsync(response, plan, claim?.Key, output, cancellationToken);
                continue;
            }

            await foreground.MakeAsync(
                response,
                local,
                claim?.Key,
                (to, token) => maker.MakeAsync(response, plan, to, token),
                output,
                cancellationToken);
            isAnswered = true;
        }
    }
}
