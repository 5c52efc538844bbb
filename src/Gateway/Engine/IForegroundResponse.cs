namespace AiGateway.Engine;

/// <summary>A response that its client's own call runs. Disposed without an end, it counts as cancelled: its client left.</summary>
public interface IForegroundResponse : IAsyncDisposable
{
    /// <summary>Keeps the end. When the returned task ends, the client may be told.</summary>
    /// <param name="end">How it ended.</param>
    /// <returns>A task that ends when it is kept.</returns>
    /// <exception cref="StorageUnavailableException">It could not be kept.</exception>
    ValueTask EndAsync(ResponseEnd end);
}
