using AiGateway.Pipeline.Compaction;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses;
using AiGateway.Routing;
using AiGateway.Routing.Failover;

namespace AiGateway.Pipeline;

/// <summary>
/// Makes a response, for a client or for its log: whoever of its model's providers answers, relayed or translated as that one speaks; or compacted, where that
/// is all that is asked for.
/// </summary>
internal sealed class ResponseMaker(
    Exchange exchange, ResponseRequests requests, NativeResponses native, TranslatedResponses translated, TriggeredCompactions compactions)
{
    /// <summary>Makes it for a client.</summary>
    /// <param name="response">The response.</param>
    /// <param name="plan">Where it can be made.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public async ValueTask MakeAsync(ResponseCall response, RoutePlan plan, CallOutput output, CancellationToken cancellationToken)
    {
        if (response.Request.Compacts)
        {
            await compactions.MakeAsync(response, plan, output, cancellationToken);
            return;
        }

        var served = await requests.SendAsync(response, plan, output, cancellationToken);
        await using var answer = served.Answer;
        exchange.CopyHeaders(served, output);
        if (served.Api == ApiKind.Responses)
            await native.RelayAsync(response, answer, output, cancellationToken);
        else
            await translated.RelayAsync(response, answer, output, cancellationToken);
    }

    /// <summary>Makes it whole.</summary>
    /// <param name="response">The response.</param>
    /// <param name="plan">Where it can be made.</param>
    /// <param name="cancellationToken">Ends when the response is cancelled.</param>
    /// <returns>Its last state, and its object.</returns>
    public async ValueTask<(string Status, ReadOnlyMemory<byte> Body)> MakeWholeAsync(ResponseCall response, RoutePlan plan, CancellationToken cancellationToken)
    {
        if (response.Request.Compacts)
            return await compactions.MakeWholeAsync(response, plan, cancellationToken);
        var served = await requests.SendAsync(response, plan, null, cancellationToken);
        await using var answer = served.Answer;
        return await (served.Api == ApiKind.Responses
            ? native.ReadWholeAsync(response, answer, cancellationToken)
            : translated.ReadWholeAsync(response, answer, cancellationToken));
    }

    /// <summary>Makes it event by event. A provider's error is an event too.</summary>
    /// <param name="response">The response.</param>
    /// <param name="plan">Where it can be made.</param>
    /// <param name="writer">Who listens.</param>
    /// <param name="sink">Where the events go.</param>
    /// <param name="cancellationToken">Ends when the response is cancelled.</param>
    public async ValueTask StreamAsync(
        ResponseCall response, RoutePlan plan, EventWriter writer, IResponseEventSink sink, CancellationToken cancellationToken)
    {
        if (response.Request.Compacts)
        {
            await compactions.StreamAsync(response, plan, writer, sink, cancellationToken);
            return;
        }

        var (api, answer) = (ApiKind.Chat, default(ValueTask<ProviderAnswer>));
        try
        {
            var served = await requests.SendAsync(response, plan, null, cancellationToken);
            (api, answer) = (served.Api, new(served.Answer));
        }
        catch (Exception e)
        {
            // Whoever was tried, its stream says so, in the same way in either case.
            answer = ValueTask.FromException<ProviderAnswer>(e);
        }

        var given = answer;
        await (api == ApiKind.Responses
            ? native.StreamAsync(response, () => given, writer, sink, cancellationToken)
            : translated.StreamAsync(response, () => given, writer, sink, cancellationToken));
    }
}
