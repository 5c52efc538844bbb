using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline.Conversations;

/// <summary>Serves <c>/v1/conversations</c> and <c>/v1/conversations/{id}</c> (<c>spec/responses.md</c> §14).</summary>
internal sealed class ConversationsHandler(IConversationStore conversations, NewItems newItems, Exchange exchange, TimeProvider time)
{
    public async ValueTask CreateAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        using var document = call.Request.Utf8.IsEmpty ? JsonDocument.Parse("{}") : RequestDocument.Parse(call.Request.Utf8);
        var root = new FieldReader(document.RootElement, default);
        var conversation = new StoredConversation
        {
            Id = Ids.New(Ids.Conversation, time),
            Tenant = call.Tenant,
            CreatedAt = time.GetUtcNow(),
            Metadata = MetadataUpdate.Read(root),
        };
        var items = await newItems.ReadAsync(root, call.Tenant, null, cancellationToken);
        await conversations.CreateAsync(conversation, items, cancellationToken);
        await exchange.WriteAsync(call, ConversationResource.Render(conversation), output, cancellationToken);
    }

    public async ValueTask FindAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken) =>
        await WriteAsync(call, id, await conversations.FindAsync(call.Tenant, id, cancellationToken), output, cancellationToken);

    public async ValueTask UpdateAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        var metadata = MetadataUpdate.Read(call);
        await WriteAsync(call, id, await conversations.UpdateAsync(call.Tenant, id, metadata, cancellationToken), output, cancellationToken);
    }

    public async ValueTask DeleteAsync(GatewayCall call, string id, CallOutput output, CancellationToken cancellationToken)
    {
        if (!await conversations.DeleteAsync(call.Tenant, id, cancellationToken))
            throw new GatewayException(GatewayErrors.ConversationNotFound(id));
        await exchange.WriteAsync(call, ConversationResource.RenderDeleted(id), output, cancellationToken);
    }

    private ValueTask WriteAsync(GatewayCall call, string id, StoredConversation? conversation, CallOutput output, CancellationToken cancellationToken) =>
        conversation is null
            ? throw new GatewayException(GatewayErrors.ConversationNotFound(id))
            : exchange.WriteAsync(call, ConversationResource.Render(conversation), output, cancellationToken);
}
