namespace AiGateway.Metering;

/// <summary>
/// Is told of every call's beginning and, exactly once, of its end, whatever that was: an answer, an error, a client that left, a hook that threw, a stream
/// that broke. Background responses are told of as calls of their own when they run. Registered as a singleton; called on the call's own thread, one observer
/// after the other, concurrently for concurrent calls. It must neither block nor await; what it throws is logged and changes nothing.
/// </summary>
public interface ICallObserver
{
    /// <summary>A call begins: nothing is known of it but its id and its API. Default: does nothing.</summary>
    /// <param name="call">The call's meter.</param>
    void OnBegun(CallMeter call)
    {
    }

    /// <summary>A call has ended: everything on the meter is final.</summary>
    /// <param name="call">The call's meter.</param>
    void OnEnded(CallMeter call);
}
