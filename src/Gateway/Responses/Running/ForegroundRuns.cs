using System.Collections.Concurrent;
using AiGateway.Engine;

namespace AiGateway.Responses.Running;

/// <summary>The responses that their clients' own calls run in this process, wherever the others run.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class ForegroundRuns(IResponseStore store, TimeProvider time) : IDisposable
{
    // A response that lasts longer is kept before its end; most do not.
    private static readonly TimeSpan WriteBehindAfter = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, ForegroundRun> _entered = new(StringComparer.Ordinal);
    private ITimer? _writeBehind;
    private volatile bool _isDisposed;

    /// <summary>Begins to keep those that last.</summary>
    public void Start() =>
        _writeBehind = time.CreateTimer(static runs => ((ForegroundRuns)runs!).WriteBehind(), this, WriteBehindAfter, WriteBehindAfter);

    /// <summary>Makes one known.</summary>
    public IForegroundResponse Enter(StoredResponse response)
    {
        var entered = new ForegroundRun(this, store, response);
        _entered[response.Id] = entered;
        return entered;
    }

    /// <summary>Finds one that runs.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="id">Its id.</param>
    public StoredResponse? Find(string? tenant, string id) =>
        _entered.TryGetValue(id, out var entered) && entered.Response.Tenant == tenant ? entered.Response : null;

    public void Dispose()
    {
        _isDisposed = true;
        _writeBehind?.Dispose();
    }

    /// <summary>Forgets one that has ended.</summary>
    internal void Leave(ForegroundRun response) => _entered.TryRemove(response.Response.Id, out _);

    /// <summary>Deletes one that came to nothing, when the storage can be used again; else whoever takes over from this process closes it.</summary>
    internal async Task DiscardAsync(StoredResponse response)
    {
        while (!_isDisposed)
        {
            try
            {
                await store.DeleteAsync(response.Tenant, response.Id, CancellationToken.None);
                return;
            }
            catch (StorageUnavailableException)
            {
                await Task.Delay(StoredEvents.RetryDelay, time);
            }
        }
    }

    private void WriteBehind()
    {
        var before = time.GetUtcNow() - WriteBehindAfter;
        foreach (var entered in _entered.Values)
        {
            if (entered.Response.CreatedAt < before)
                entered.WriteBehind();
        }
    }
}
