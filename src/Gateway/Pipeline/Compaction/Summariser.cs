using System.Text.Json.Nodes;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses;
using AiGateway.Responses.Compaction;
using AiGateway.Routing;
using AiGateway.Translation.ChatToResponse;
using AiGateway.Translation.NativeResponses;

namespace AiGateway.Pipeline.Compaction;

/// <summary>Has a conversation summarised by the very model that is to go on with it, in whichever API its provider speaks.</summary>
internal sealed class Summariser(Exchange exchange)
{
    /// <summary>Asks for a summary.</summary>
    /// <param name="call">The call that it is for: its headers go along, and errors are told in the way of its own.</param>
    /// <param name="plan">Who serves the model.</param>
    /// <param name="items">The conversation.</param>
    /// <param name="request">What the client asked: its instructions and cache key.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="GatewayException">The provider gave an error, or no summary.</exception>
    public async ValueTask<Summary> AskAsync(
        GatewayCall call, RoutePlan plan, IEnumerable<InputItem> items, CreateResponse request, CancellationToken cancellationToken)
    {
        var served = await exchange.SendAsync(
            call,
            plan,
            (Call: call, Transcript: Transcript.Of(items), Request: request),
            static (route, state, _) => new(Prepare(route, state.Call, state.Transcript, state.Request)),
            mayRunTwice: true,
            cancellationToken);
        await using var answer = served.Answer;
        var said = await answer.ReadToEndAsync(Exchange.MaxAnswerBytes, cancellationToken);
        var summary = served.Api == ApiKind.Chat ? FromChat(call, said) : FromResponse(call, said);
        return string.IsNullOrWhiteSpace(summary.Text) ? throw new ProviderException(ProviderFailure.InvalidAnswer) : summary;
    }

    private static ProviderCall Prepare(Route route, GatewayCall call, string transcript, CreateResponse request)
    {
        var api = route.ApiFor(ApiKind.Responses);
        return new ProviderCall
        {
            Api = api,
            Body = SummaryRequest.Write(api, route.ProviderModel, transcript, request.Instructions, request.PromptCacheKey),
            ClientHeaders = call.Headers,
        };
    }

    private static Summary FromChat(GatewayCall call, ReadOnlyMemory<byte> body)
    {
        var delta = new ChatDelta();
        if (!ChatDeltaReader.TryRead(body.Span, delta))
            throw new ProviderException(ProviderFailure.InvalidAnswer);
        if (delta.IsError)
            throw Exchange.Reported(call, body.Span);
        return new Summary(delta.Content ?? "", delta.Usage);
    }

    private static Summary FromResponse(GatewayCall call, ReadOnlyMemory<byte> body)
    {
        if (NativeJson.Read(body.Span) is not { } response)
            throw new ProviderException(ProviderFailure.InvalidAnswer);
        if (response["error"] is JsonObject)
            throw Exchange.Reported(call, body.Span);
        var texts = from item in (response["output"] as JsonArray ?? []).OfType<JsonObject>()
                    where item["type"]?.ToString() == "message"
                    from part in (item["content"] as JsonArray ?? []).OfType<JsonObject>()
                    where part["type"]?.ToString() == "output_text"
                    select part["text"]?.ToString();
        return new Summary(string.Concat(texts), NativeSnapshot.UsageOf(response));
    }
}
