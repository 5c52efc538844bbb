using AiGateway.Engine;

namespace AiGateway.AspNetCore.Tests.StoredCompletions;

/// <summary>A store that keeps nothing before it is told to, or says that it cannot.</summary>
internal sealed class HeldStore : ICompletionStore
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when something is to be kept.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Lets it be kept.</summary>
    public HeldStore Release()
    {
        _answer.TrySetResult();
        return this;
    }

    /// <summary>Has it fail.</summary>
    public HeldStore Break()
    {
        _answer.TrySetException(new StorageUnavailableException("The disk is full."));
        return this;
    }

    public async ValueTask SaveAsync(StoredCompletion completion)
    {
        _asked.TrySetResult();
        await _answer.Task;
    }

    public ValueTask<StoredCompletion?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<StoredCompletion>> ListAsync(CompletionQuery query, CancellationToken cancellationToken) => new([]);

    public ValueTask<StoredCompletion?> UpdateAsync(string? tenant, string id, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken) => default;

    public ValueTask<bool> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) => default;
}
