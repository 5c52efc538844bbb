using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;
using AiGateway.Translation;

namespace AiGateway.Pipeline;

/// <summary>Serves <c>POST /v1/responses</c>: relayed to a provider that speaks Responses, translated to chat for any other.</summary>
internal sealed class ResponsesHandler(
    Exchange exchange, ResponseHistory history, IResponseStore store, TranslatedResponses translated, NativeResponses native) : IApiHandler
{
    public ApiKind Api => ApiKind.Responses;

    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        using var response = await PrepareAsync(call, cancellationToken);
        var route = exchange.Resolve(call);
        if (route.ApiFor(ApiKind.Responses) == ApiKind.Responses)
            await native.HandleAsync(response, route, output, cancellationToken);
        else
            await translated.HandleAsync(response, route, output, cancellationToken);
    }

    /// <summary>Checks the request and finds what it builds on.</summary>
    public async ValueTask<ResponseCall> PrepareAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        var request = CreateResponseParser.Parse(call.Request.Utf8);
        try
        {
            var context = await history.LoadAsync(request, call.Tenant, cancellationToken);
            try
            {
                ContextRules.Check(context.Items);
                return new ResponseCall(call, request, context, store);
            }
            catch
            {
                context.Dispose();
                throw;
            }
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }
}
