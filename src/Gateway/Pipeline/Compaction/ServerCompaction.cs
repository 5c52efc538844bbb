using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using AiGateway.Responses.Tokens;
using AiGateway.Routing;

namespace AiGateway.Pipeline.Compaction;

/// <summary>
/// Compacts a context that has grown beyond the threshold of <c>context_management</c>, before the model is asked (<c>spec/responses.md</c> §14), or in place of
/// that, where the input ends with a <c>compaction_trigger</c>. The item that stands for it is the first of the response's output, and covers everything before it.
/// </summary>
internal sealed class ServerCompaction(Summariser summariser, Sealers sealers)
{
    // Of the threshold: what earlier user messages may take up in what is kept.
    private const int UserShare = 4;

    // The same where there is no threshold, in tokens.
    private const int UserTokens = 16_000;

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
        return cut.CanBeSealed ? await MakeAsync(cut, request, call, plan, cancellationToken) : null;
    }

    /// <summary>Compacts everything there is.</summary>
    /// <inheritdoc cref="ApplyAsync"/>
    /// <returns>The compaction.</returns>
    /// <exception cref="GatewayException">There is nothing to compact, or it is too large for one item, or the model could not be asked for a summary.</exception>
    public async ValueTask<StreamCompaction> CompactAsync(
        CreateResponse request, IReadOnlyList<InputItem> items, GatewayCall call, RoutePlan plan, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
            throw new GatewayException(GatewayErrors.WrongValue("input", "There is nothing before the item of type 'compaction_trigger' that could be compacted."));
        var cut = CompactionPlan.Whole(items, request.CompactThreshold / UserShare ?? UserTokens);
        return cut.CanBeSealed ? await MakeAsync(cut, request, call, plan, cancellationToken) : throw TooLarge();
    }

    /// <summary>What is to be kept as it is does not fit into one item.</summary>
    public static GatewayException TooLarge() =>
        new(GatewayErrors.Invalid("The messages that have to be kept are too large to be compacted.", "input", "context_length_exceeded"));

    private async ValueTask<StreamCompaction> MakeAsync(
        CompactionPlan cut, CreateResponse request, GatewayCall call, RoutePlan plan, CancellationToken cancellationToken)
    {
        var summary = cut.Told.Count == 0 ? null : await summariser.AskAsync(call, plan, cut.Told, request, cancellationToken);
        var content = new CompactionContent(cut.Kept, summary?.Text, cut.Newest, CoversBefore: true);
        var sealer = await sealers.GetAsync(cancellationToken);
        return new StreamCompaction(content.Seal(sealer, call.Tenant), [.. content.Items], summary?.Usage);
    }
}
