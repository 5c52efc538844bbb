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
internal static class Summariser
{
    /// <summary>Asks for a summary.</summary>
    /// <param name="call">The call that it is for: its headers go along, and errors are told in the way of its own.</param>
    /// <param name="route">Who serves the model.</param>
    /// <param name="items">The conversation.</param>
    /// <param name="request">What the client asked: its instructions and cache key.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="GatewayException">The provider gave an error, or no summary.</exception>
    public static async ValueTask<Summary> AskAsync(
        GatewayCall call, Route route, IEnumerable<InputItem> items, CreateResponse request, CancellationToken cancellationToken)
    {
        var api = route.ApiFor(ApiKind.Responses);
        var body = SummaryRequest.Write(api, route.ProviderModel, Transcript.Of(items), request.Instructions, request.PromptCacheKey);
        await using var answer = await Exchange.SendAsync(
            route, new ProviderCall { Api = api, Body = body, ClientHeaders = call.Headers }, cancellationToken);
        var said = await answer.ReadToEndAsync(Exchange.MaxAnswerBytes, cancellationToken);
        var summary = api == ApiKind.Chat ? FromChat(call, said) : FromResponse(call, said);
        return string.IsNullOrWhiteSpace(summary.Text) ? throw new ProviderException(ProviderFailure.InvalidAnswer) : summary;
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
