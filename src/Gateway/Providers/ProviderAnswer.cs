namespace AiGateway.Providers;

/// <summary>
/// A provider's answer: status and headers are here, the body is still to be read. Reading it obeys the provider's timeouts:
/// a read throws <see cref="ProviderException"/> where the provider falls silent or drops the connection.
/// </summary>
/// <param name="status">The HTTP status.</param>
/// <param name="contentType">The media type, without parameters, lower case; null for none.</param>
/// <param name="body">The body. Disposing the answer disposes it and ends the call.</param>
public class ProviderAnswer(int status, string? contentType, Stream body) : IAsyncDisposable
{
    private IAnswerLease? _lease;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The media type, without parameters, lower case; null for none.</summary>
    public string? ContentType { get; } = contentType;

    /// <summary>The body, decoded from transfer encoding.</summary>
    public Stream Body { get; } = body;

    /// <summary>The body's length in bytes; null where the provider did not say.</summary>
    public long? ContentLength { get; init; }

    /// <summary>The headers that are on the provider's allow-list for the client.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The provider's <c>Retry-After</c>, as it came; null for none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>The provider's <c>Cache-Control</c>, as it came; null for none.</summary>
    public string? CacheControl { get; init; }

    /// <summary>Whether the status is 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the body is a stream of server-sent events.</summary>
    public bool IsEventStream => ContentType == "text/event-stream";

    /// <summary>What is held until the answer is disposed; null for nothing.</summary>
    internal IAnswerLease? Lease
    {
        get => _lease;
        set => _lease = value;
    }

    /// <summary>Reads the body to its end.</summary>
    /// <param name="maxBytes">The most bytes to take.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The whole body, in an array of its own.</returns>
    /// <exception cref="ProviderException">The body is larger, or the provider fell silent or dropped the connection.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReadToEndAsync(int maxBytes, CancellationToken cancellationToken) =>
        Body is WholeBody whole ? new(whole.Bytes) : BodyReading.ToEndAsync(Body, ContentLength, maxBytes, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Interlocked.Exchange(ref _lease, null)?.Release();
        return Body.DisposeAsync();
    }
}
