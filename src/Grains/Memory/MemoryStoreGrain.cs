using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Grains.Engine;
using Orleans.Concurrency;

namespace AiGateway.Grains.Memory;

/// <summary>
/// A cluster's state where there is no Redis: held by one silo, in its memory, and gone with it. For a first look, and for tests.
/// </summary>
[Reentrant]
[KeepAlive]
internal sealed class MemoryStoreGrain(GatewayConfiguration configuration, TimeProvider time)
    : Grain, IMemoryResponsesGrain, IMemoryConversationsGrain, IMemoryCompletionsGrain, IMemoryWebhooksGrain, IMemorySecretsGrain, IMemoryDirectoryGrain,
        IMemoryUsageGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly MemoryState _state = new(configuration, time);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => await _state.DisposeAsync();

    Task<bool> IMemoryResponsesGrain.CreateAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken) => _state.Responses.CreateAsync(response, events, cancellationToken).AsTask();

    Task<bool> IMemoryResponsesGrain.BeginAsync(string id, long epoch, byte[] body) => _state.Responses.BeginAsync(id, epoch, body).AsTask();

    Task<bool> IMemoryResponsesGrain.AppendAsync(string id, long epoch, EventPage events) => _state.Responses.AppendAsync(id, epoch, events).AsTask();

    Task<bool> IMemoryResponsesGrain.EndAsync(StoredResponse response, ResponseEnd end) => _state.Responses.EndAsync(response, end).AsTask();

    Task<StoredResponse?> IMemoryResponsesGrain.FindAsync(string? tenant, string id, CancellationToken cancellationToken) => _state.Responses.FindAsync(tenant, id, cancellationToken).AsTask();

    Task<ResponseChain> IMemoryResponsesGrain.FindChainAsync(string? tenant, string id, CancellationToken cancellationToken) => _state.Responses.FindChainAsync(tenant, id, cancellationToken).AsTask();

    Task<EventPage> IMemoryResponsesGrain.ReadEventsAsync(string id, long after, int maxBytes, CancellationToken cancellationToken) => _state.Responses.ReadEventsAsync(id, after, maxBytes, cancellationToken).AsTask();

    Task<StoredResponse?> IMemoryResponsesGrain.FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) => _state.Responses.FindByIdempotencyKeyAsync(tenant, key, cancellationToken).AsTask();

    Task<bool> IMemoryResponsesGrain.DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) => _state.Responses.DeleteAsync(tenant, id, cancellationToken).AsTask();

    Task<IReadOnlyList<StoredResponse>> IMemoryResponsesGrain.TakeOverAsync(CancellationToken cancellationToken) => _state.Responses.TakeOverAsync(cancellationToken).AsTask();

    Task<StoredResponse?> IMemoryResponsesGrain.TakeOverOneAsync(string id, string owner) => _state.Responses.TakeOverAsync(id, owner).AsTask();

    Task<StoredResponse?> IMemoryResponsesGrain.FindAnyAsync(string id) => _state.Responses.FindAsync(id).AsTask();

    Task IMemoryResponsesGrain.ReleaseAsync(string id, string owner) => _state.Responses.ReleaseAsync(id, owner).AsTask();

    Task<IReadOnlyList<UnendedRun>> IMemoryResponsesGrain.ListAsync(CancellationToken cancellationToken) => _state.Responses.ListAsync(cancellationToken).AsTask();

    Task IMemoryResponsesGrain.RenewAsync(string owner, TimeSpan lease) => _state.Responses.RenewAsync(owner, lease).AsTask();

    Task<IReadOnlySet<string>> IMemoryResponsesGrain.AliveAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken) => _state.Responses.AliveAsync(owners, cancellationToken).AsTask();

    async Task<string?> IMemoryConversationsGrain.CreateAsync(StoredConversation conversation, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken)
    {
        try
        {
            await _state.Conversations.CreateAsync(conversation, items, cancellationToken);
            return null;
        }
        catch (DuplicateItemException e)
        {
            return e.ItemId;
        }
    }

    Task<StoredConversation?> IMemoryConversationsGrain.FindAsync(string? tenant, string id, CancellationToken cancellationToken) => _state.Conversations.FindAsync(tenant, id, cancellationToken).AsTask();

    Task<StoredConversation?> IMemoryConversationsGrain.UpdateAsync(string? tenant, string id, byte[] metadata, CancellationToken cancellationToken) => _state.Conversations.UpdateAsync(tenant, id, metadata, cancellationToken).AsTask();

    Task<bool> IMemoryConversationsGrain.DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) => _state.Conversations.DeleteAsync(tenant, id, cancellationToken).AsTask();

    async Task<(bool IsFound, string? Taken)> IMemoryConversationsGrain.AppendAsync(string? tenant, string id, IReadOnlyList<StoredItem> items, CancellationToken cancellationToken)
    {
        try
        {
            return (await _state.Conversations.AppendAsync(tenant, id, items, cancellationToken), null);
        }
        catch (DuplicateItemException e)
        {
            return (true, e.ItemId);
        }
    }

    Task<IReadOnlyList<PositionedItem>?> IMemoryConversationsGrain.ItemsAsync(string? tenant, string id, long? after, int? limit, bool descending, CancellationToken cancellationToken) => _state.Conversations.ItemsAsync(tenant, id, after, limit, descending, cancellationToken).AsTask();

    Task<PositionedItem?> IMemoryConversationsGrain.FindItemAsync(string? tenant, string? id, string itemId, CancellationToken cancellationToken) => _state.Conversations.FindItemAsync(tenant, id, itemId, cancellationToken).AsTask();

    Task<bool> IMemoryConversationsGrain.DeleteItemAsync(string? tenant, string id, string itemId, CancellationToken cancellationToken) => _state.Conversations.DeleteItemAsync(tenant, id, itemId, cancellationToken).AsTask();

    Task IMemoryCompletionsGrain.SaveAsync(StoredCompletion completion) => _state.Completions.SaveAsync(completion).AsTask();

    Task<StoredCompletion?> IMemoryCompletionsGrain.FindAsync(string? tenant, string id, CancellationToken cancellationToken) => _state.Completions.FindAsync(tenant, id, cancellationToken).AsTask();

    Task<IReadOnlyList<StoredCompletion>> IMemoryCompletionsGrain.ListAsync(CompletionQuery query, CancellationToken cancellationToken) => _state.Completions.ListAsync(query, cancellationToken).AsTask();

    Task<StoredCompletion?> IMemoryCompletionsGrain.UpdateAsync(string? tenant, string id, byte[] metadata, CancellationToken cancellationToken) => _state.Completions.UpdateAsync(tenant, id, metadata, cancellationToken).AsTask();

    Task<bool> IMemoryCompletionsGrain.DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) => _state.Completions.DeleteAsync(tenant, id, cancellationToken).AsTask();

    Task<long?> IMemoryDirectoryGrain.PutAsync(DirectoryEntry entry, CancellationToken cancellationToken) => _state.Directory.PutAsync(entry, cancellationToken).AsTask();

    Task<IReadOnlyList<DirectoryEntry>> IMemoryDirectoryGrain.ReadAsync(long after, CancellationToken cancellationToken) => _state.Directory.ReadAsync(after, cancellationToken).AsTask();

    Task IMemoryUsageGrain.AppendAsync(UsageRecord[] records) => _state.Usage.AppendAsync(records).AsTask();

    Task<IReadOnlyList<UsageSum>> IMemoryUsageGrain.SumAsync(UsageQuery query, CancellationToken cancellationToken) => _state.Usage.SumAsync(query, cancellationToken).AsTask();

    Task<IReadOnlyList<UsageRecord>> IMemoryUsageGrain.ListAsync(UsageQuery query, UsageRecord? after, CancellationToken cancellationToken) => _state.Usage.ListAsync(query, after, cancellationToken).AsTask();

    Task<(long Tokens, decimal Cost)> IMemoryUsageGrain.SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken) => _state.Usage.SpentAsync(scope, name, since, cancellationToken).AsTask();

    Task IMemoryWebhooksGrain.PostponeAsync(WebhookDelivery delivery) => _state.Webhooks.PostponeAsync(delivery).AsTask();

    Task IMemoryWebhooksGrain.RemoveAsync(WebhookDelivery delivery) => _state.Webhooks.RemoveAsync(delivery).AsTask();

    Task<int> IMemoryWebhooksGrain.DropOthersAsync(IReadOnlyCollection<string> endpoints, CancellationToken cancellationToken) => _state.Webhooks.DropOthersAsync(endpoints, cancellationToken).AsTask();

    async Task<DueDeliveries> IMemoryWebhooksGrain.DueAsync(string endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var (due, next) = await _state.Webhooks.DueAsync(endpoint, now, limit, cancellationToken);
        return new DueDeliveries(due, next);
    }

    async Task<bool> IMemoryWebhooksGrain.WaitAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(LongestWait);
        try
        {
            await _state.Webhooks.WaitAsync(enough.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    async Task<byte[]?> IMemorySecretsGrain.GetOrCreateAsync(string name, byte[]? made)
    {
        try
        {
            return (await _state.Secrets.GetOrCreateAsync(name, () => made ?? throw new KeyNotFoundException(), CancellationToken.None)).ToArray();
        }
        catch (KeyNotFoundException)
        {
            return null;
        }
    }
}
