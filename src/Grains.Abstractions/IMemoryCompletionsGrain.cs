using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>The port of stored completions there.</summary>
[Alias("AiGateway.Memory.Completions")]
internal interface IMemoryCompletionsGrain : IGrainWithStringKey
{
    [Alias("Save")]
    Task SaveAsync(StoredCompletion completion);

    [Alias("Find")]
    Task<StoredCompletion?> FindAsync(string? tenant, string id, CancellationToken cancellationToken);

    [Alias("List")]
    Task<IReadOnlyList<StoredCompletion>> ListAsync(CompletionQuery query, CancellationToken cancellationToken);

    [Alias("Update")]
    Task<StoredCompletion?> UpdateAsync(string? tenant, string id, byte[] metadata, CancellationToken cancellationToken);

    [Alias("Delete")]
    Task<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken);
}
