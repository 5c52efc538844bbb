using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Chat completions that a silo holds in its memory for the whole cluster.</summary>
/// <param name="memory">Where it is.</param>
internal sealed class MemoryCompletionStore(MemoryClient memory) : ICompletionStore
{
    public ValueTask SaveAsync(StoredCompletion completion) =>
        memory.AskAsync<IMemoryCompletionsGrain>(grain => grain.SaveAsync(completion));

    public ValueTask<StoredCompletion?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryCompletionsGrain, StoredCompletion?>(grain => grain.FindAsync(tenant, id, cancellationToken));

    public ValueTask<IReadOnlyList<StoredCompletion>> ListAsync(CompletionQuery query, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryCompletionsGrain, IReadOnlyList<StoredCompletion>>(grain => grain.ListAsync(query, cancellationToken));

    public ValueTask<StoredCompletion?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryCompletionsGrain, StoredCompletion?>(grain => grain.UpdateAsync(tenant, id, Bytes.Of(metadata), cancellationToken));

    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        memory.AskAsync<IMemoryCompletionsGrain, bool>(grain => grain.DeleteAsync(tenant, id, cancellationToken));
}
