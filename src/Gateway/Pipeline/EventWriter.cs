using AiGateway.Protocol;

namespace AiGateway.Pipeline;

/// <summary>Where a stream's events go, framed as whoever listens wants them: server-sent events, WebSocket messages, or a response's log.</summary>
internal abstract class EventWriter
{
    /// <summary>How many bytes of events were written since the last flush.</summary>
    public int Unflushed { get; protected set; }

    /// <summary>Whether the listener knows that the stream has begun, so that an error must be an event.</summary>
    public abstract bool HasStarted { get; }

    /// <summary>Whether a response's error is an event of its own, before the event that ends it as failed.</summary>
    public virtual bool TellsErrors => true;

    /// <summary>Begins the stream. Does nothing the second time.</summary>
    public abstract void Start();

    /// <summary>As <see cref="Start"/>, for who can wait until it has begun: what is written from then on need not be copied.</summary>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public virtual ValueTask StartAsync(CancellationToken cancellationToken)
    {
        Start();
        return default;
    }

    /// <summary>Writes an event without a name, as chat streams have them.</summary>
    /// <param name="json">JSON.</param>
    public abstract void WriteData(ReadOnlySpan<byte> json);

    /// <summary>Writes an event with a name.</summary>
    /// <param name="type">Its name; the same as its <c>type</c>.</param>
    /// <param name="json">JSON.</param>
    public abstract void WriteEvent(string type, ReadOnlySpan<byte> json);

    /// <summary>Writes the end mark, where this kind of stream has one.</summary>
    public abstract void WriteDone();

    /// <summary>Writes what every reader skips, so that nothing on the way takes a thinking model for a dead one.</summary>
    public abstract void WriteHeartbeat();

    /// <summary>Writes an error as a chat stream has it.</summary>
    /// <param name="error">The error.</param>
    public void WriteError(GatewayError error) => WriteData(error.ToBody());

    /// <summary>Notes an error that no event told: the stream of a response whose end could not be kept has none.</summary>
    /// <param name="error">The error.</param>
    public virtual void EndWithout(GatewayError error)
    {
    }

    /// <summary>Sends what was written.</summary>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends when the listener's side has room again.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public abstract ValueTask FlushAsync(CancellationToken cancellationToken);
}
