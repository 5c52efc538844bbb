using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using AiGateway.Responses.Sealing;
using AiGateway.Responses.Truncation;
using AiGateway.Routing;
using AiGateway.Translation;

namespace AiGateway.Pipeline;

/// <summary>Makes of a context what a model can be given: what was sealed here is opened, for whom it may be. A context without anything sealed costs nothing and needs no storage.</summary>
internal sealed class ModelContexts(Sealers sealers)
{
    /// <summary>Opens compactions, and checks that the items fit together.</summary>
    /// <param name="call">The call.</param>
    /// <param name="request">The request, checked.</param>
    /// <param name="items">The whole context, in order; the request's own input last.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="GatewayException">400: something sealed does not open, or the items do not fit together.</exception>
    public async ValueTask<OpenedContext> OpenAsync(
        GatewayCall call, CreateResponse request, IReadOnlyList<InputItem> items, CancellationToken cancellationToken)
    {
        string? maker = null;
        if (CompactedContext.HasOurs(items))
            items = CompactedContext.Open(items, request.Input.Count, await sealers.GetAsync(cancellationToken), call.Tenant);
        if (ReasoningContext.HasOurs(items))
            maker = ReasoningContext.Maker(items, request.Input.Count, await sealers.GetAsync(cancellationToken), call.Tenant, ModelName.ForClient(call));
        ContextRules.Check(items);
        return new OpenedContext(items, maker);
    }

    /// <summary>Makes of a response's context what one provider can be given: made fit, with the reasoning opened that it may have.</summary>
    /// <param name="response">The response; how its reasoning is to be sealed is put on it.</param>
    /// <param name="route">Who is to get it.</param>
    /// <param name="cancellationToken">Ends when the client leaves, or the response is cancelled.</param>
    /// <returns>What the provider is to get.</returns>
    /// <exception cref="GatewayException">The context does not fit.</exception>
    public async ValueTask<IReadOnlyList<InputItem>> PrepareAsync(ResponseCall response, Route route, CancellationToken cancellationToken)
    {
        var (call, request) = (response.Call, response.Request);
        var fitting = ContextWindow.Fit(request, response.Compaction?.Items ?? response.Items, route.ContextWindow);
        var seals = route.ApiFor(ApiKind.Responses) == ApiKind.Responses && request.Include.Contains("reasoning.encrypted_content", StringComparer.Ordinal);
        response.ReasoningSeals = seals
            ? new ReasoningSeals(await sealers.GetAsync(cancellationToken), call.Tenant, route.Provider.Options.Name, ModelName.ForClient(call))
            : null;
        return await ForAsync(call, fitting, route, cancellationToken);
    }

    /// <summary>Opens the reasoning that the route's provider made, and leaves out what others made.</summary>
    /// <param name="call">The call.</param>
    /// <param name="items">The context, opened.</param>
    /// <param name="route">Who is to get it.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>What the provider is to get.</returns>
    public async ValueTask<IReadOnlyList<InputItem>> ForAsync(
        GatewayCall call, IReadOnlyList<InputItem> items, Route route, CancellationToken cancellationToken)
    {
        if (!ReasoningContext.HasOurs(items))
            return items;
        var provider = route.ApiFor(ApiKind.Responses) == ApiKind.Responses ? route.Provider.Options.Name : null;
        return ReasoningContext.For(items, await sealers.GetAsync(cancellationToken), call.Tenant, provider);
    }
}
