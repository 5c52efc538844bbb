using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline.Compaction;

/// <summary>
/// Serves <c>POST /v1/responses/compact</c>, for every provider alike, so that what it gives opens whoever serves the next turn. Nothing of it is stored.
/// </summary>
internal sealed class CompactHandler(Exchange exchange, Summariser summariser, ResponseHistory history, ModelContexts contexts, Sealers sealers, TimeProvider time)
{
    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        using var request = CompactRequestParser.Parse(call.Request.Utf8);
        using var context = await history.LoadAsync(request, call.Tenant, null, cancellationToken);
        var opened = await contexts.OpenAsync(call, request, context.Items, cancellationToken);
        var items = opened.Items;
        var sealer = await sealers.GetAsync(cancellationToken);
        var plan = exchange.Plan(call, opened.PreferredProvider);
        var cut = CompactionPlan.Standalone(items);
        if (!cut.CanBeSealed)
            throw ServerCompaction.TooLarge();
        var summary = cut.Told.Count == 0 ? null : await summariser.AskAsync(call, plan, cut.Told, request, cancellationToken);
        call.Usage = summary?.Usage;
        var content = new CompactionContent(cut.Kept, summary?.Text, cut.Newest, CoversBefore: false).Seal(sealer, call.Tenant);
        var body = CompactedOutput.Write(items.Where(CompactionPlan.IsUserMessage), content, summary?.Usage ?? default, time);
        await exchange.WriteAsync(call, body, output, cancellationToken);
    }
}
