using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>Finds what a new response builds on: the chain or the conversation before it, and what its references point to.</summary>
internal sealed class ResponseHistory(IResponseEngine engine, IConversationStore conversations, KeptItems kept)
{
    /// <summary>The whole input of a response, in order: what was before, then the new input (<c>spec/responses.md</c> §12).</summary>
    /// <param name="request">The request.</param>
    /// <param name="tenant">Who asks.</param>
    /// <param name="local">The connection's own memory of its last response; null where there is none.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <param name="upTo">The place of the last item of the conversation that counts; null for all.</param>
    /// <returns>The context; dispose it when the response is done.</returns>
    /// <exception cref="GatewayException">The previous response, the conversation or a referenced item is not there, or not usable.</exception>
    public async ValueTask<ResponseContext> LoadAsync(
        CreateResponse request, string? tenant, ILocalResponses? local, CancellationToken cancellationToken, long? upTo = null)
    {
        var context = new ResponseContext();
        try
        {
            if (request.PreviousResponseId is { } previous && local?.TryAdd(request, context) != true)
                await AddChainAsync(context, previous, tenant, cancellationToken);
            if (request.Conversation is { } conversation)
                await AddConversationAsync(context, conversation, upTo, tenant, cancellationToken);
            foreach (var item in request.Input)
                context.Add(IsReference(item) ? await ReferencedAsync(context, item, tenant, cancellationToken) : item);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Everything that a kept response was sampled over, as far as it is still there.</summary>
    /// <param name="chain">The response's chain.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The context; dispose it.</returns>
    public async ValueTask<ResponseContext> InputAsync(ResponseChain chain, CancellationToken cancellationToken)
    {
        var context = new ResponseContext();
        var root = chain.Links[0];
        if (root.Conversation is { } conversation)
            await AddConversationAsync(context, conversation, root.ConversationPosition, root.Tenant, cancellationToken, mayBeGone: true);
        foreach (var link in chain.Links.SkipLast(1))
            context.AddBefore(link);
        context.AddInput(chain.Links[^1]);
        return context;
    }

    private async ValueTask AddChainAsync(ResponseContext context, string id, string? tenant, CancellationToken cancellationToken)
    {
        var chain = await engine.FindChainAsync(tenant, id, cancellationToken);
        if (chain.Links.Count == 0 || chain.MissingId is not null)
            throw new GatewayException(GatewayErrors.PreviousResponseNotFound(chain.MissingId ?? id));
        var last = chain.Links[^1];
        if (last.Status is not (ResponseStatus.Completed or ResponseStatus.Incomplete))
        {
            throw new GatewayException(GatewayErrors.Invalid(
                last.IsEnded
                    ? $"Previous response with id '{id}' is {last.Status} and cannot be continued."
                    : $"Previous response with id '{id}' is not finished yet (it is {last.Status}) and cannot be continued until it is.",
                "previous_response_id",
                "invalid_value"));
        }

        var root = chain.Links[0];
        if (root.Conversation is { } conversation)
            await AddConversationAsync(context, conversation, root.ConversationPosition, tenant, cancellationToken, mayBeGone: true);
        foreach (var link in chain.Links)
            context.AddBefore(link);
    }

    private async ValueTask AddConversationAsync(
        ResponseContext context, string id, long? upTo, string? tenant, CancellationToken cancellationToken, bool mayBeGone = false)
    {
        var items = await conversations.ItemsAsync(tenant, id, after: null, limit: null, descending: false, cancellationToken);
        if (items is null)
        {
            if (mayBeGone)
                return;
            throw new GatewayException(new GatewayError(404, GatewayErrors.InvalidRequestType, null, $"Conversation with id '{id}' not found.", "conversation"));
        }

        foreach (var (position, item) in items)
        {
            if (position > (upTo ?? long.MaxValue))
                break;
            context.AddBefore(context.Parse(item.Json));
            context.ConversationPosition = position;
        }
    }

    // A reasoning item that says nothing but its id is one too: clients bring it back as they got it.
    private static bool IsReference(InputItem item) =>
        item.Type == "item_reference"
        || (item.Type == "reasoning" && HasText(item.Json, "id") && !HasText(item.Json, "encrypted_content") && !HasMembers(item.Json, "summary") && !HasMembers(item.Json, "content"));

    private static bool HasText(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    private static bool HasMembers(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0;

    private async ValueTask<InputItem> ReferencedAsync(ResponseContext context, InputItem reference, string? tenant, CancellationToken cancellationToken)
    {
        var id = reference.Json.GetProperty("id"u8).GetString()!;
        if (context.Find(id) is { } near)
            return near;
        if (await kept.FindAsync(tenant, id, cancellationToken) is { } item)
            return ResponseContext.ItemOf(item);
        throw new GatewayException(new GatewayError(
            404,
            GatewayErrors.InvalidRequestType,
            null,
            $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
            "input"));
    }
}
