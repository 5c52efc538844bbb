namespace AiGateway.Hooks;

/// <summary>Sees every chunk or event of every stream before the client does; may change or drop it.</summary>
public interface IStreamHook : IGatewayHook
{
    /// <summary>
    /// Runs for each chunk of a chat stream (but not <c>[DONE]</c>), each event of a responses stream and each event of an image stream.
    /// In a responses stream the sequence number is given afterwards, so that a dropped event leaves no gap, and what a
    /// <c>.done</c> event and the final response say is the sum of the deltas that hooks let through.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="streamEvent">The event; valid only until the returned task ends.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends when the event is ready.</returns>
    ValueTask OnStreamEventAsync(GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken);
}
