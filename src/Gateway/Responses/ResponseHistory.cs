using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>Finds what a new response builds on: the input and output of the response before it, and what its references point to.</summary>
internal sealed class ResponseHistory(IResponseStore store)
{
    /// <summary>The whole input of a response, in order: previous input, previous output, new input (<c>spec/responses.md</c> §12).</summary>
    /// <param name="request">The request.</param>
    /// <param name="tenant">Who asks.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The context; dispose it when the response is done.</returns>
    /// <exception cref="GatewayException">The previous response or a referenced item is not there, or not usable.</exception>
    public async ValueTask<ResponseContext> LoadAsync(CreateResponse request, string? tenant, CancellationToken cancellationToken)
    {
        if (request.Background)
            throw new GatewayException(GatewayErrors.Unsupported("background", "Unsupported parameter: 'background' is not supported by this gateway."));
        if (request.Conversation is { } conversation)
            throw new GatewayException(new GatewayError(404, GatewayErrors.InvalidRequestType, null, $"Conversation with id '{conversation}' not found.", "conversation"));

        var context = new ResponseContext();
        try
        {
            if (request.PreviousResponseId is { } previous)
                await AddPreviousAsync(context, previous, tenant, cancellationToken);
            foreach (var item in request.Input)
                context.Add(item.Type == "item_reference" ? Referenced(context, item) : item);
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    private async ValueTask AddPreviousAsync(ResponseContext context, string id, string? tenant, CancellationToken cancellationToken)
    {
        var previous = await store.FindAsync(tenant, id, cancellationToken)
            ?? throw new GatewayException(GatewayErrors.PreviousResponseNotFound(id));
        if (previous.Status == ResponseStatus.Failed)
        {
            throw new GatewayException(GatewayErrors.Invalid(
                $"Previous response with id '{id}' failed and cannot be continued.", "previous_response_id", "invalid_value"));
        }

        foreach (var item in previous.Input)
            context.Add(context.Parse(item));
        foreach (var item in context.ParseOutput(previous.Body))
            context.Add(item);
    }

    private static InputItem Referenced(ResponseContext context, InputItem reference)
    {
        var id = reference.Json.GetProperty("id"u8).GetString()!;
        return context.Find(id) ?? throw new GatewayException(new GatewayError(
            404,
            GatewayErrors.InvalidRequestType,
            null,
            $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
            "input"));
    }
}
