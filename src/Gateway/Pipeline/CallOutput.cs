using System.IO.Pipelines;

namespace AiGateway.Pipeline;

/// <summary>Where a call's answer goes: an HTTP response, without knowing HTTP's server.</summary>
public abstract class CallOutput
{
    /// <summary>Whether the status and headers are out of hand: from then on errors are events.</summary>
    public abstract bool HasStarted { get; }

    /// <summary>Whether the gateway says itself how much is left of limits: then what providers say of theirs is not passed on.</summary>
    internal bool TellsLimits { get; set; }

    /// <summary>Sets a header. Only before <see cref="Start"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public abstract void SetHeader(string name, string value);

    /// <summary>Fixes status and headers. They go out with the first flush.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="contentType">The media type.</param>
    /// <param name="contentLength">The body's length in bytes; null for a stream.</param>
    /// <returns>Where to write the body.</returns>
    public abstract PipeWriter Start(int status, string contentType, long? contentLength = null);

    /// <summary>Makes the body ready, without sending anything: before that, what a web server takes is copied once more when it knows the headers.</summary>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    internal virtual ValueTask StartBodyAsync(CancellationToken cancellationToken) => default;

    /// <summary>Where a stream's events go.</summary>
    internal virtual EventWriter OpenEvents() => new EventStreamWriter(this);
}
