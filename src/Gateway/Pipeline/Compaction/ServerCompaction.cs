using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using AiGateway.Responses.Tokens;
using AiGateway.Routing;

namespace AiGateway.Pipeline.Compaction;

/// <summary>
/// Compacts a context that has grown beyond the threshold of <c>context_management</c>, before the model is asked (<c>spec/responses.md</c> §14). The item that
/// stands for it is the first of the response's output, and covers everything before it.
/// </summary>
internal sealed class ServerCompaction(Summariser summariser, Sealers sealers)
{
    // Of the threshold: what earlier user messages may take up in what is kept.
    private const int UserShare = 4;

    /// <summary>Compacts where it is due.</summary>
    /// <param name="request">The request.</param>
    /// <param name="items">The context, with earlier compactions opened.</param>
    /// <param name="call">The call.</param>
    /// <param name="plan">Who serves the model.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The compaction; null where none is due, or the newest turn is too large for one item.</returns>
    /// <exception cref="GatewayException">The model could not be asked for a summary.</exception>
    public async ValueTask<StreamCompaction?> ApplyAsync(
        CreateResponse request, IReadOnlyList<InputItem> items, GatewayCall call, RoutePlan plan, CancellationToken cancellationToken)
    {
        if (request.CompactThreshold is not { } threshold || TokenEstimate.Of(request, items) <= threshold)
            return null;
        var cut = CompactionPlan.InStream(items, threshold / UserShare);
        if (!cut.CanBeSealed)
            return null;
        var summary = cut.Told.Count == 0 ? null : await summariser.AskAsync(call, plan, cut.Told, request, cancellationToken);
        var content = new CompactionContent(cut.Kept, summary?.Text, cut.Newest, CoversBefore: true);
        var sealer = await sealers.GetAsync(cancellationToken);
        return new StreamCompaction(content.Seal(sealer, call.Tenant), [.. content.Items], summary?.Usage);
    }
}
