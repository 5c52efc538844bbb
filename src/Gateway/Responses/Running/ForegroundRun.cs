using AiGateway.Engine;

namespace AiGateway.Responses.Running;

/// <summary>A response that its client's own call runs, as long as it does.</summary>
/// <param name="runs">Where it is entered.</param>
/// <param name="store">Where its end is kept.</param>
/// <param name="response">The response.</param>
internal sealed class ForegroundRun(ForegroundRuns runs, IResponseStore store, StoredResponse response) : IForegroundResponse
{
    private readonly Lock _gate = new();
    private Task? _written;
    private bool _hasEnded;
    private bool _isKept;

    /// <summary>The response, in progress.</summary>
    public StoredResponse Response => response;

    /// <summary>
    /// Keeps the response before its end, for it lasts: after a crash it is then there, as failed. Its client does not wait for that; and where it
    /// cannot be kept now, its end will be.
    /// </summary>
    public void WriteBehind()
    {
        lock (_gate)
        {
            if (!_hasEnded)
                _written ??= WriteAsync();
        }
    }

    // A store of an embedder's own may throw at once: on the timer's thread that would be the process's end.
    private async Task WriteAsync() => await store.CreateAsync(response, default, CancellationToken.None);

    public async ValueTask EndAsync(ResponseEnd end)
    {
        Task? written;
        lock (_gate)
        {
            _hasEnded = true;
            written = _written;
        }

        if (written is not null)
            await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!await store.EndAsync(response, end))
            throw new StorageUnavailableException("The response was not there any more when it ended.");
        _isKept = true;
        runs.Leave(this);
    }

    public async ValueTask DisposeAsync()
    {
        runs.Leave(this);
        Task? written;
        lock (_gate)
        {
            written = _written;
            _hasEnded = true;
        }

        // It came to nothing, or its end could not be kept, and its client was told so.
        if (_isKept || written is null)
            return;
        await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await store.DeleteAsync(response.Tenant, response.Id, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            _ = runs.DiscardAsync(response);
        }
    }
}
