using AiGateway.Hooks;
using AiGateway.Pipeline.Compaction;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using AiGateway.Responses.Sealing;
using AiGateway.Responses.Truncation;
using AiGateway.Routing;
using AiGateway.Translation;

namespace AiGateway.Pipeline;

/// <summary>Makes of a context what a model can be given: what was sealed here is opened, for whom it may be. A context without anything sealed costs nothing and needs no storage.</summary>
internal sealed class ModelContexts(Sealers sealers, ServerCompaction compaction)
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

    /// <summary>Makes a response ready for its provider: compacts its context where that is due, makes it fit, and opens reasoning.</summary>
    /// <param name="response">The response; its input and its compaction are put on it.</param>
    /// <param name="route">Who is to get it.</param>
    /// <param name="cancellationToken">Ends when the client leaves, or the response is cancelled.</param>
    /// <exception cref="GatewayException">The model could not be asked for a summary, or the context does not fit.</exception>
    public async ValueTask PrepareAsync(ResponseCall response, Route route, CancellationToken cancellationToken)
    {
        var (call, request) = (response.Call, response.Request);
        response.Compaction = await compaction.ApplyAsync(request, response.Items, call, route, cancellationToken);
        var items = ContextWindow.Fit(request, response.Compaction?.Items ?? response.Items, route.ContextWindow);
        response.Items = await ForAsync(call, items, route, cancellationToken);
        if (response.Compaction is not null)
            call.Usage = response.Compaction.Usage;
        if (route.ApiFor(ApiKind.Responses) == ApiKind.Responses && request.Include.Contains("reasoning.encrypted_content", StringComparer.Ordinal))
        {
            response.ReasoningSeals = new ReasoningSeals(
                await sealers.GetAsync(cancellationToken), call.Tenant, route.Provider.Options.Name, ModelName.ForClient(call));
        }
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
